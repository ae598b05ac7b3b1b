"""Plans: siting, deployment, works, cost; proposals until someone decides."""
