"""All addresses of the public answers sites. The network's own site has no code; every other has its node's."""

from fastapi import APIRouter

from widget.answers import article_page, feeds, site_pages
from widget.answers.pages import AnswersRoute

_READ = ["GET", "HEAD"]


def router() -> APIRouter:
    """Return the routes of `/answers/` and of `/robots.txt`. Expects `app.state.place` to be the Workplace."""
    routes = APIRouter(route_class=AnswersRoute, include_in_schema=False)
    # What has a name of its own comes before what might be a library's code.
    routes.add_api_route("/robots.txt", feeds.robots, methods=_READ)
    routes.add_api_route("/answers/sitemap.xml", feeds.sitemap_index, methods=_READ)
    routes.add_api_route("/answers/sitemaps/{part}.xml", feeds.sitemap, methods=_READ)
    routes.add_api_route("/answers/libraries", site_pages.directory, methods=_READ)
    for start in ("/answers", "/answers/{code}"):
        routes.add_api_route(f"{start}/search", site_pages.search, methods=_READ)
        routes.add_api_route(f"{start}/recent", site_pages.recent, methods=_READ)
        routes.add_api_route(f"{start}/popular", site_pages.popular, methods=_READ)
        routes.add_api_route(f"{start}/colours.css", site_pages.colours, methods=_READ)
        routes.add_api_route(f"{start}/feed.atom", feeds.atom, methods=_READ)
        routes.add_api_route(f"{start}/feed.rss", feeds.rss, methods=_READ)
        routes.add_api_route(f"{start}/topics/{{value}}/feed.atom", feeds.atom, methods=_READ)
        routes.add_api_route(f"{start}/topics/{{value}}/feed.rss", feeds.rss, methods=_READ)
        for kind in site_pages.FACETS:
            routes.add_api_route(f"{start}/{kind}/{{value}}", site_pages.category(kind), methods=_READ)
        routes.add_api_route(f"{start}/", site_pages.home, methods=_READ)
    routes.add_api_route("/answers/{code}/{number}", article_page.article, methods=_READ)
    routes.add_api_route("/answers/{code}/{number}/verdict", article_page.verdict, methods=["POST"])
    return routes
