"""A simulated world whose sensors speak SAPIENT."""
