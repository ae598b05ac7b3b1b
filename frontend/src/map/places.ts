/** A few towns and states to find one's way by: name, longitude, latitude, least zoom. */

export type Town = [name: string, lonDeg: number, latDeg: number, fromZoom: number];

export const TOWNS: Town[] = [
  ["San Diego", -117.16, 32.72, 4],
  ["Tijuana", -117.03, 32.5, 6.5],
  ["Mexicali", -115.47, 32.63, 6],
  ["Yuma", -114.62, 32.69, 5.5],
  ["Phoenix", -112.07, 33.45, 4],
  ["Tucson", -110.97, 32.22, 5],
  ["Nogales", -110.94, 31.34, 6.5],
  ["Hermosillo", -110.96, 29.08, 4.5],
  ["Sierra Vista", -110.3, 31.55, 6.5],
  ["El Paso", -106.49, 31.79, 4],
  ["Ciudad Juárez", -106.42, 31.65, 6.5],
  ["Las Cruces", -106.78, 32.32, 6],
  ["Chihuahua", -106.08, 28.64, 4.5],
  ["Presidio", -104.37, 29.56, 6],
  ["Alpine", -103.66, 30.36, 6.5],
  ["Del Rio", -100.9, 29.37, 5.5],
  ["Eagle Pass", -100.5, 28.71, 6.5],
  ["San Antonio", -98.49, 29.42, 4],
  ["Laredo", -99.5, 27.51, 5],
  ["Monterrey", -100.31, 25.69, 4],
  ["McAllen", -98.23, 26.2, 6],
  ["Brownsville", -97.5, 25.93, 5],
];

export const REGIONS: Town[] = [
  ["CALIFORNIA", -116.2, 34.4, 4],
  ["ARIZONA", -111.7, 34.6, 4],
  ["NEW MEXICO", -106.1, 34.5, 4],
  ["TEXAS", -99.4, 31.8, 4],
  ["BAJA CALIFORNIA", -115.2, 30.9, 5],
  ["SONORA", -110.4, 30.2, 5],
  ["CHIHUAHUA", -106.6, 29.6, 5],
  ["COAHUILA", -102.4, 27.9, 5],
];
