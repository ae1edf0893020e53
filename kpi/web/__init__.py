"""What the server answers beside the pages: safe headers, health, metrics, a log of requests."""
