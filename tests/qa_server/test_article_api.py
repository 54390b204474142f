"""Articles over HTTP: who may take which step of an article's life, what is refused as it comes in, pictures."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from starlette.testclient import TestClient

from qa_server.desk.articles import curating
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role, RoleGrant
from qa_server.people.queries import librarian_by_login
from qa_server.people.service import add_staff_session
from qa_server.people.tokens import STAFF_COOKIE
from tests.attachments import samples
from tests.qa_server.test_trials import CONTENT
from tests.village import Village

LIFETIME = timedelta(hours=8)
# An id that nothing has; the same in every process, so that tests are called alike in all of them.
NOBODYS = UUID("00000000-0000-4000-8000-000000000000")
SOON = "2030-01-01T00:00:00Z"
# LIN writes, ZHOU curates, CHEN only looks (a dispatcher), all of library A; GRACE is of library B.
EVERYBODY, WRITERS, CURATORS = {"lin", "zhou", "chen"}, {"lin", "zhou"}, {"zhou"}
ROUTES: list[tuple[str, str, Any, set[str]]] = [
    ("GET", "comments", None, EVERYBODY),
    ("GET", "layers", None, EVERYBODY),
    ("GET", "test-questions", None, EVERYBODY),
    ("POST", "test-questions/run", None, EVERYBODY),
    ("GET", "rehearsal", None, WRITERS),
    ("POST", "comments", {"body": "请核对。"}, WRITERS),
    ("PUT", "editor", None, WRITERS),
    ("PUT", "reviewer", {"librarian_id": None}, WRITERS),
    ("POST", "doubt", {"reason": "电话改了"}, WRITERS),
    ("POST", "test-questions", {"words": "怎么续借"}, WRITERS),
    ("DELETE", f"test-questions/{NOBODYS}", None, WRITERS),
    ("POST", "layer/kept", None, WRITERS),
    ("POST", "layer/taken", {"change_note": "沿用"}, WRITERS),
    ("PUT", "plan", {"at": SOON}, CURATORS),
    ("DELETE", "plan", None, CURATORS),
    ("POST", "confirmation", {}, CURATORS),
    ("POST", "unpublication", {"reason": "有误"}, CURATORS),
    ("POST", "restoration", None, CURATORS),
    ("POST", "publication", None, CURATORS),
]


class Staff:
    """Browsers in which people of the village are signed in."""

    def __init__(self, app: FastAPI, people: Village) -> None:
        self._app = app
        self.place: Workplace = app.state.place
        self.people = people
        self._open: dict[str, TestClient] = {}

    def of(self, login: str) -> TestClient:
        """Return the browser of somebody, with the headers that the console sends."""
        if login not in self._open:
            client = TestClient(self._app, headers={"Accept-Language": "en"})
            with self.place.database.write() as session:
                person = librarian_by_login(session, login)
                assert person is not None
                token = add_staff_session(session, librarian_id=person.id, now=self.place.clock(), lifetime=LIFETIME)
            client.cookies.set(STAFF_COOKIE, token, path="/")
            client.headers["X-CSRF-Token"] = client.get("/api/v1/staff/me").json()["csrf_token"]
            self._open[login] = client
        return self._open[login]

    def ask(self, login: str, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Return the status and the code of a refusal, empty where there was none."""
        answer = self.of(login).request(method, path, json=body)
        return answer.status_code, answer.json()["error"]["code"] if answer.status_code >= 400 else ""


@pytest.fixture
def staff(app: FastAPI, client: TestClient, townsfolk: Village) -> Staff:
    """The people, with CHEN turned into somebody who only looks."""
    made = Staff(app, townsfolk)
    with made.place.database.write() as session:
        grant = update(RoleGrant).where(RoleGrant.librarian_id == townsfolk.chen.id)
        session.execute(grant.values(role=Role.DISPATCHER))
    return made


@pytest.fixture
def draft(staff: Staff) -> UUID:
    """A draft of LIN for library A, never published."""
    return curating.draft(staff.place, staff.people.lin, CONTENT)


def at(article: UUID, step: str = "") -> str:
    return f"/api/v1/staff/articles/{article}" + (f"/{step}" if step else "")


@pytest.mark.parametrize(("method", "step", "body", "may"), ROUTES, ids=[f"{row[0]} {row[1][:20]}" for row in ROUTES])
def test_each_step_is_for_those_with_the_right(
    staff: Staff, draft: UUID, method: str, step: str, body: Any, may: set[str]
) -> None:
    for login in sorted(EVERYBODY):
        status, code = staff.ask(login, method, at(draft, step), body)
        if login in may:
            # Refused for the state of the article perhaps, not for who asks.
            assert status < 500, (login, status)
            assert code not in ("forbidden", "unauthenticated"), (login, code)
        else:
            assert (status, code) == (403, "forbidden"), login
    # Another library's draft is not there, and neither is one that never was.
    for address in (at(draft, step), at(uuid4(), step)):
        assert staff.ask("grace", method, address, body) == (404, "not_found")


def test_what_is_published_is_read_by_others_and_changed_by_none_of_them(staff: Staff, draft: UUID) -> None:
    curating.submit(staff.place, staff.people.lin, draft)
    assert staff.ask("zhou", "POST", at(draft, "publication")) == (200, "")
    # Library B's readers are not in scope of library A's answers.
    assert staff.ask("grace", "GET", at(draft)) == (404, "not_found")
    with staff.place.database.write() as session:
        session.add(
            RoleGrant(librarian_id=staff.people.grace.id, library_id=staff.people.library_a, role=Role.DISPATCHER)
        )
    assert staff.ask("grace", "GET", at(draft)) == (200, "")
    for method, step, body in (("POST", "doubt", {"reason": "x"}), ("POST", "unpublication", {"reason": "x"})):
        assert staff.ask("grace", method, at(draft, step), body) == (403, "forbidden")


@pytest.mark.parametrize(
    ("method", "step", "body"),
    [
        ("PUT", "plan", {}),
        ("PUT", "plan", {"at": "tomorrow"}),
        ("PUT", "plan", {"at": "2030-01-01T00:00:00"}),
        ("PUT", "plan", {"at": "9999-12-31T23:59:59Z"}),
        ("PUT", "plan", {"at": SOON, "knowingly": ["x"]}),
        ("POST", "publication", {"knowingly": "all"}),
        ("POST", "confirmation", {"valid_until": "1066-10-14T00:00:00Z"}),
        ("POST", "doubt", {}),
        ("POST", "doubt", {"reason": "x" * 1_001}),
        ("POST", "unpublication", {"reason": ["x"]}),
        ("PUT", "reviewer", {}),
        ("PUT", "reviewer", {"librarian_id": "lin"}),
        ("POST", "comments", {"body": "x" * 2_501}),
        ("POST", "comments", {"body": "x", "thread_id": 7}),
        ("POST", "overrides", {"owner": "A"}),
        ("POST", "overrides", {"owner": "A/../B"}),
        ("POST", "layer/taken", {"change_note": "x" * 501}),
        ("POST", "test-questions", {"words": "x" * 501}),
        ("POST", "test-questions", {"words": "怎么续借", "top": 0}),
        ("POST", "test-questions", {"words": "怎么续借", "top": "3"}),
        ("POST", "test-questions", {"words": "怎么续借", "library": "../"}),
        ("POST", "test-questions", None),
    ],
)
def test_what_is_not_in_the_right_form_is_named_and_changes_nothing(
    staff: Staff, draft: UUID, method: str, step: str, body: Any
) -> None:
    before = staff.of("zhou").get(at(draft)).json()
    assert staff.ask("zhou", method, at(draft, step), body) == (422, "validation_failed")
    assert staff.of("zhou").get(at(draft)).json() == before


@pytest.mark.parametrize(
    ("method", "step", "body", "refusal"),
    [
        ("POST", "doubt", {"reason": " \n "}, (422, "reason_missing")),
        ("POST", "doubt", {"reason": "电话改了"}, (409, "not_published")),
        ("POST", "comments", {"body": " \n "}, (422, "comment_empty")),
        ("POST", "comments", {"body": "x", "thread_id": str(NOBODYS)}, (404, "not_found")),
        ("POST", f"comments/{NOBODYS}/resolution", None, (404, "not_found")),
        ("POST", "test-questions", {"words": "？？"}, (422, "test_question_invalid")),
        ("POST", "test-questions", {"words": "怎么续借", "library": "NONE"}, (404, "not_found")),
        ("DELETE", f"test-questions/{NOBODYS}", None, (404, "not_found")),
        ("PUT", "reviewer", {"librarian_id": str(NOBODYS)}, (409, "reviewer_unfit")),
        ("POST", "publication", None, (409, "not_in_review")),
        ("PUT", "plan", {"at": SOON}, (409, "not_in_review")),
        ("POST", "confirmation", {}, (409, "not_confirmable")),
        ("POST", "unpublication", {"reason": "x"}, (409, "not_published")),
        ("POST", "restoration", None, (409, "not_retired")),
    ],
)
def test_what_makes_no_sense_now_is_refused_with_a_code(
    staff: Staff, draft: UUID, method: str, step: str, body: Any, refusal: tuple[int, str]
) -> None:
    assert staff.ask("zhou", method, at(draft, step), body) == refusal


def test_a_life_over_http(staff: Staff, draft: UUID) -> None:
    lin, zhou = staff.of("lin"), staff.of("zhou")
    assert zhou.put(at(draft, "editor")).json() == {"names": []}
    assert lin.put(at(draft, "editor")).json() == {"names": ["zhou老师"]}
    assert zhou.delete(at(draft, "editor")).status_code == 204
    thread = zhou.post(at(draft, "comments"), json={"body": "写明次数"}).json()["id"]
    lin.post(at(draft, "comments"), json={"body": "已写", "thread_id": thread})
    assert zhou.post(at(draft, f"comments/{thread}/resolution")).status_code == 204
    (said,) = lin.get(at(draft, "comments")).json()
    assert (said["author"], said["replies"][0]["author"], said["resolved_at"] is None) == ("zhou老师", "lin老师", False)
    lin.post(at(draft, "submission"))
    assert lin.put(at(draft, "reviewer"), json={"librarian_id": str(staff.people.zhou.id)}).status_code == 204
    (waiting,) = zhou.get("/api/v1/staff/article-reviews").json()
    assert (waiting["author"], waiting["reviewer"]) == ("lin老师", "zhou老师")
    assert zhou.put(at(draft, "plan"), json={"at": SOON}).json()["publish_at"] == SOON
    assert zhou.delete(at(draft, "plan")).json()["publish_at"] is None
    assert lin.post(at(draft, "test-questions"), json={"words": "图书续借", "top": 1}).status_code == 201
    assert zhou.post(at(draft, "publication")).json()["found"] == "found"
    (tried,) = lin.post(at(draft, "test-questions/run")).json()
    assert (tried["has_passed"], tried["rank"]) == (True, 1)
    lin.post(at(draft, "doubt"), json={"reason": "电话改了"})
    (due,) = zhou.get("/api/v1/staff/articles-due").json()
    assert [reason["details"]["why"] for reason in due["reasons"]] == ["电话改了"]
    assert zhou.post(at(draft, "confirmation"), json={}).json()["state"] == "published"
    assert zhou.get("/api/v1/staff/articles-due").json() == []
    assert zhou.post(at(draft, "unpublication"), json={"reason": "改写"}).json()["state"] == "draft"


def test_a_rehearsal_and_a_publication_name_what_would_be_pushed_aside(staff: Staff, draft: UUID) -> None:
    lin, zhou = staff.of("lin"), staff.of("zhou")
    lin.post(at(draft, "submission"))
    zhou.post(at(draft, "publication"))
    asked = lin.post(at(draft, "test-questions"), json={"words": "图书续借 网上 办理", "top": 1}).json()["id"]
    rival = lin.post(
        "/api/v1/staff/articles",
        json={
            "key": "loans.rival",
            "language": "zh",
            "question": "图书续借 网上 办理",
            "answer": "另一篇。",
            "service_topic": "borrowing",
            "question_type": "fact",
        },
    ).json()["id"]
    lin.post(at(rival, "submission"))
    (loser,) = zhou.get(at(rival, "rehearsal")).json()["pushed_aside"]
    assert (loser["article_id"], loser["first_id"], loser["test_question_id"]) == (str(draft), rival, asked)
    refused = zhou.post(at(rival, "publication"))
    assert refused.status_code == 409
    assert refused.json()["error"]["details"]["pushed_aside"] == [
        {"test_question_id": asked, "article_id": str(draft), "first_id": rival}
    ]
    came = zhou.post(at(rival, "publication"), json={"knowingly": [asked]}).json()
    assert [each["article_id"] for each in came["newly_failing"]] == [str(draft)]


def picture(staff: Staff, login: str, article: UUID, content: bytes, name: str = "自助机.png") -> tuple[int, Any]:
    headers = {"X-File-Name": quote(name), "Content-Type": "application/octet-stream"}
    answer = staff.of(login).post(at(article, "images"), content=content, headers=headers)
    return answer.status_code, answer.json()


def test_a_picture_is_put_in_by_who_may_write_and_seen_with_the_publication(
    staff: Staff, draft: UUID, client: TestClient
) -> None:
    for login, status in (("chen", 403), ("grace", 404)):
        assert picture(staff, login, draft, samples.png())[0] == status
    assert client.post(at(draft, "images"), content=samples.png()).status_code == 401
    status, put = picture(staff, "lin", draft, samples.png())
    assert (status, put["markdown"]) == (201, f"![](image:{put['id']})")
    address = f"/api/v1/article-images/{put['id']}"
    assert client.get(address).status_code == 404
    assert staff.of("grace").get(address).status_code == 404
    shown = staff.of("chen").get(address)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    assert "no-store" in shown.headers["cache-control"]
    assert shown.headers["x-content-type-options"] == "nosniff"
    body = staff.of("lin").get(at(draft)).json()
    names = ("key", "language", "question", "service_topic", "question_type")
    content = {name: body[name] for name in names} | {"answer": f"一楼。\n\n{put['markdown']}"}
    change = {"content": content, "expected_revision": 1, "change_note": "图"}
    assert staff.of("lin").put(at(draft), json=change).status_code == 200
    staff.of("lin").post(at(draft, "submission"))
    assert staff.of("zhou").post(at(draft, "publication")).status_code == 200
    public = client.get(address)
    assert (public.status_code, public.content[:4]) == (200, b"\x89PNG")
    assert "public" in public.headers["cache-control"]


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (b"no picture", "a.png", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg", 415),
        (b"%PDF-1.7\n", "a.pdf", 415),
        (b"", "a.png", 422),
    ],
)
def test_what_is_no_picture_is_refused(staff: Staff, draft: UUID, content: bytes, name: str, status: int) -> None:
    assert picture(staff, "lin", draft, content, name)[0] == status


def test_a_picture_that_is_too_large_or_nameless_or_nobodys_is_refused(staff: Staff, draft: UUID) -> None:
    limit = staff.place.settings.max_attachment_bytes
    headers = {"X-File-Name": "a.png", "Content-Length": str(limit + 1)}
    assert staff.of("lin").post(at(draft, "images"), content=b"x", headers=headers).status_code == 413
    assert staff.of("lin").post(at(draft, "images"), content=samples.png()).status_code == 422
    assert picture(staff, "lin", uuid4(), samples.png())[0] == 404
    for path in (f"{uuid4()}", "x", f"{uuid4()}?expires=-1", f"{uuid4()}?signature=x"):
        assert staff.of("lin").get(f"/api/v1/article-images/{path}").status_code in (404, 422)
