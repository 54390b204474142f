"""All addresses of the services' pages: what a library offers, the forms, one's own commissions."""

from fastapi import APIRouter

from widget.services import site_pages
from widget.services.pages import ServicesRoute

_READ = ["GET", "HEAD"]


def router() -> APIRouter:
    """Return the routes of `/services/`. Expects `app.state.place` to be the Workplace."""
    routes = APIRouter(route_class=ServicesRoute, include_in_schema=False)
    # What has a name of its own comes before what might be a service's code.
    routes.add_api_route("/services/{code}", site_pages.home, methods=_READ)
    routes.add_api_route("/services/{code}/colours.css", site_pages.colours, methods=_READ)
    routes.add_api_route("/services/{code}/mine", site_pages.mine, methods=_READ)
    routes.add_api_route("/services/{code}/c/{commission_id}", site_pages.commission, methods=_READ)
    routes.add_api_route("/services/{code}/{service}", site_pages.form, methods=_READ)
    return routes
