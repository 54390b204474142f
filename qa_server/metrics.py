"""Prometheus figures of the edge. Labels are closed sets (method, route template, status), never paths or ids."""

from prometheus_client import Counter, Gauge, Histogram

# Upper bounds in seconds: most answers stay under 50 ms, a search under 300 ms, a sign-in (Argon2) under 1 s.
_LATENCY_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0)

REQUESTS = Counter("wenjin_http_requests", "Requests answered.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "wenjin_http_request_seconds", "Time to the end of the answer.", ["method", "route"], buckets=_LATENCY_BOUNDS
)
REQUESTS_IN_PROGRESS = Gauge("wenjin_http_requests_in_progress", "Requests being answered now.")
SOCKETS_OPEN = Gauge("wenjin_sockets_open", "WebSockets open now.")
FAULTS = Counter("wenjin_faults", "Requests that ended in an unexpected error.")
BUS_CONNECTED = Gauge("wenjin_bus_connected", "1 while announcements travel between processes, else 0.")
BUS_GAPS = Counter("wenjin_bus_gaps", "Times when announcements of other processes may have been missed.")
