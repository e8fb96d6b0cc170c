"""What the access log answers: whether it is whole, and who saw, changed and held a chart."""
