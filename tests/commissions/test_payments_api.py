"""Money over HTTP: the reader's panel, the cashier's steps, and the payment service's own door."""

import json
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa_server.commissions.payment_signing import seconds_of, sign
from qa_server.desk import signing_in
from qa_server.desk.commissions.money import payment_services
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role
from tests.commissions.till import empowered, pays_first, stands
from tests.village import PASSWORD, Village, come_in


@pytest.fixture
def place(app: FastAPI) -> Workplace:
    """The parts behind the application."""
    found: Workplace = app.state.place
    return found


def staff_headers(place: Workplace, login: str) -> dict[str, str]:
    """Return the headers of a signed-in librarian."""
    opened = signing_in.sign_in(place, login=login, password=PASSWORD, network="n")
    csrf = signing_in.recognise_staff(place, opened.token).csrf_token
    return {"Cookie": f"wenjin_staff={opened.token}", "X-CSRF-Token": csrf}


def test_a_reader_reads_the_panel_and_a_cashier_writes_down_what_came(
    client: TestClient, place: Workplace, townsfolk: Village
) -> None:
    reader, token = come_in(place)
    commission_id = pays_first(place, reader, townsfolk.lin)
    own = {"Authorization": f"Bearer {token}"}
    panel = client.get(f"/api/v1/commissions/{commission_id}/payment", headers=own).json()
    assert (panel["open"], panel["is_called_for"], panel["how_to_pay"]) == ("40.00", True, {"zh": "", "en": ""})
    _, other = come_in(place)
    stranger = {"Authorization": f"Bearer {other}"}
    assert client.get(f"/api/v1/commissions/{commission_id}/payment", headers=stranger).status_code == 404
    empowered(place, townsfolk.chen, townsfolk.library_a)
    headers = staff_headers(place, "chen")
    path = f"/api/v1/staff/commissions/{commission_id}/account"
    body = {"client_id": "payment-1", "amount": "15.00", "method": "cash"}
    for _ in range(2):
        assert client.post(f"{path}/payments", headers=headers, json=body).json()["open"] == "25.00"
    refused = client.post(f"{path}/payments", headers=headers, json={"client_id": "payment-2", "amount": "1.005"})
    assert refused.status_code == 422
    ledger = client.get("/api/v1/staff/nodes/AAA/ledger?month=2026-09", headers=headers).json()
    assert [(row["charged"], row["paid"], row["open"]) for row in ledger["totals"]] == [("40.00", "15.00", "25.00")]
    workbook = client.get("/api/v1/staff/nodes/AAA/ledger.xlsx?month=2026-09", headers=headers)
    assert workbook.content.startswith(b"PK")


def test_the_door_of_the_payment_service_opens_to_its_signature_alone(
    client: TestClient, place: Workplace, townsfolk: Village
) -> None:
    administrator = empowered(place, townsfolk.zhou, townsfolk.library_a, Role.LIBRARY_ADMINISTRATOR)
    payment_services.set_up(place, administrator, "AAA", address="", is_on=True)
    secret = payment_services.make_secret(place, administrator, "AAA").encode()
    reader, token = come_in(place)
    commission_id: UUID = pays_first(place, reader, townsfolk.lin)
    view = client.get(f"/api/v1/commissions/{commission_id}", headers={"Authorization": f"Bearer {token}"}).json()
    body = json.dumps(
        {
            "event_id": "event-0001",
            "kind": "payment.paid",
            "commission": view["number"],
            "amount": "40.00",
            "currency": "CNY",
        }
    ).encode()
    timestamp = seconds_of(place.clock())
    headers = {"X-Wenjin-Timestamp": str(timestamp), "X-Wenjin-Signature": sign(secret, timestamp, body)}
    changed = body.replace(b"40.00", b"00.40")
    assert client.post("/api/v1/payments/AAA", content=changed, headers=headers).status_code == 401
    assert client.post("/api/v1/payments/AAA", content=body).json()["error"]["code"] == "payment_call_refused"
    first = client.post("/api/v1/payments/AAA", content=body, headers=headers)
    again = client.post("/api/v1/payments/aaa", content=body, headers=headers)
    assert (first.json(), again.json()["is_repeated"]) == ({"outcome": "paid", "is_repeated": False}, True)
    assert stands(place, commission_id)[1:] == ("paid", "confirmed")
