"""Getting in and out: errors in place, no way to other sites, no forged forms, cookies that scripts cannot read."""

import pytest

from admin.session import local_path
from tests.admin.conftest import Doors
from tests.village import PASSWORD


def test_the_right_password_leads_to_the_desk(doors: Doors) -> None:
    answer = doors.stranger().post(
        "/console/sign-in", data={"login": " LIN ", "password": PASSWORD}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie


def test_a_wrong_password_shows_the_form_again_with_the_reason_and_the_name(doors: Doors) -> None:
    answer = doors.stranger().post("/console/sign-in", data={"login": "lin", "password": "wrong"})
    assert answer.status_code == 401
    assert "The user name or the password is not right." in answer.text
    assert 'value="lin"' in answer.text
    assert "wrong" not in answer.text


def test_what_was_typed_is_shown_as_text(doors: Doors) -> None:
    answer = doors.stranger().post("/console/sign-in", data={"login": '"><script>x', "password": "wrong"})
    assert "<script>x" not in answer.text


@pytest.mark.parametrize(
    ("address", "goes_to"),
    [
        ("/console/articles?state=draft", "/console/articles?state=draft"),
        ("https://elsewhere.example/", "/console"),
        ("//elsewhere.example/", "/console"),
        ("/\\elsewhere.example/", "/console"),
        ("/\t/elsewhere.example/", "/console"),
        ("javascript:alert(1)", "/console"),
        ("console", "/console"),
        ("", "/console"),
    ],
)
def test_only_paths_of_this_site_are_followed(address: str, goes_to: str) -> None:
    assert local_path(address, default="/console") == goes_to


def test_signing_in_never_leads_to_another_site(doors: Doors) -> None:
    form = {"login": "lin", "password": PASSWORD, "next": "//elsewhere.example/"}
    client = doors.stranger()
    assert client.post("/console/sign-in", data=form, follow_redirects=False).headers["location"] == "/console"
    assert 'name="next" value="/console"' in client.get("/console/sign-in?next=//elsewhere.example/").text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
def test_a_form_of_another_site_does_not_sign_in(doors: Doors, headers: dict[str, str]) -> None:
    form = {"login": "lin", "password": PASSWORD}
    answer = doors.stranger(**headers).post("/console/sign-in", data=form, follow_redirects=False)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_stranger_is_asked_to_sign_in_and_comes_back_to_the_page(doors: Doors) -> None:
    answer = doors.stranger().get("/console/articles?state=draft", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/console/sign-in?next=%2Fconsole%2Farticles%3Fstate%3Ddraft"


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(doors: Doors) -> None:
    page = "/console/articles/new"
    answer = doors.stranger(Referer=f"http://testserver{page}").post(page, data={}, follow_redirects=False)
    assert answer.headers["location"] == "/console/sign-in?next=%2Fconsole%2Farticles%2Fnew"


def test_signing_out_needs_the_pages_token_and_ends_the_session(doors: Doors) -> None:
    visit = doors.sign_in("lin")
    refused = visit.client.post("/console/sign-out", data={"csrf_token": "guessed"})
    assert refused.status_code == 403
    assert visit.client.get("/console").status_code == 200
    assert visit.post("/console/sign-out").headers["location"] == "/console/sign-in"
    assert visit.client.get("/console", follow_redirects=False).status_code == 303


def test_pages_are_not_kept_and_run_nothing_inline(doors: Doors) -> None:
    answer = doors.sign_in("lin").client.get("/console")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert " style=" not in answer.text
    assert " onclick=" not in answer.text


def test_language_and_theme_are_chosen_by_a_link_and_kept(doors: Doors) -> None:
    client = doors.stranger()
    chosen = client.get("/console/sign-in?next=%2Fconsole&lang=zh&theme=dark", follow_redirects=False)
    assert chosen.headers["location"] == "/console/sign-in?next=%2Fconsole"
    page = client.get("/console/sign-in").text
    assert '<html lang="zh-CN" data-language="zh" data-theme="dark">' in page
    assert "登录" in page


def test_an_unknown_address_or_a_broken_id_is_a_page_that_leads_on(doors: Doors) -> None:
    visit = doors.sign_in("lin")
    for path in ("/console/articles/nonsense", "/console/history/00000000-0000-7000-8000-000000000000"):
        answer = visit.client.get(path)
        assert answer.status_code == 404
        assert "Back to the desk" in answer.text
