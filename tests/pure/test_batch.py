"""The envelope of a batch: read however a server may lawfully write it."""

from types import SimpleNamespace

import httplib2
import pytest

from crm_google_calendar.gcal import batch
from crm_google_calendar.gcal.errors import Cause, GoogleError

PART = """--X
Content-Type: application/http
{name}

HTTP/1.1 {status}
Content-Type: application/json

{body}
"""


class Server:
    """Answers every batch with the same content; stands in for google-auth's AuthorizedHttp."""

    def __init__(self, content, content_type='multipart/mixed; boundary="X"'):
        self.answer = httplib2.Response({"status": 200, "content-type": content_type})
        self.content = content.encode()
        self.credentials = SimpleNamespace(valid=True, token="token")
        self.sent = []

    def request(self, url, method, body, headers):
        self.sent.append(body)
        return self.answer, self.content


def part(number, body=None, status="200 OK", name="Content-ID: <response-stem + {}>"):
    words = f'{{"id": "e{number}"}}' if body is None else body
    return PART.format(name=name.format(number), status=status, body=words)


def calls(count):
    uri = "https://www.googleapis.com/calendar/v3/calendars/c/events?sendUpdates=none&alt=json"
    one = SimpleNamespace(uri=uri, method="POST", headers={}, body='{"id": "e"}')
    return [one] * count


def read(content, count, **more):
    return batch.post("https://google/batch", calls(count), Server(content, **more))


def ids(replies):
    return [reply.body["id"] for reply in replies]


@pytest.mark.parametrize(
    "name",
    [
        "Content-ID: <response-stem + {}>",
        "content-id: <response-stem+{}>",
        "Content-ID: response-<stem + {}>",
        "Content-Id:  <response-{}> ",
    ],
)
def test_answers_are_told_apart_by_their_id_in_any_order(name):
    content = part(1, name=name) + part(0, name=name) + "--X--\n"
    assert ids(read(content, 2)) == ["e0", "e1"]


def test_answers_without_an_id_stand_in_the_order_of_the_calls():
    content = part(0, name="X-Other: 7") + part(1, name="X-Other: 8") + "--X--\n"
    assert ids(read(content, 2)) == ["e0", "e1"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "content_type", ['multipart/mixed; boundary="X"', "multipart/mixed; boundary=X"]
)
def test_line_ends_and_quotes_make_no_difference(newline, content_type):
    content = (part(0) + "--X--\n").replace("\n", newline)
    assert ids(read(content, 1, content_type=content_type)) == ["e0"]


def test_a_status_needs_no_words():
    assert read(part(0, status="200") + "--X--\n", 1)[0].status == 200


def test_a_deletion_has_no_body():
    reply = read(part(0, body="", status="204 No Content") + "--X--\n", 1)[0]
    assert (reply.status, reply.body) == (204, None)


def test_an_answer_in_utf_8_is_read_as_such():
    reply = read(part(0, body='{"id": "Zoë 东京"}') + "--X--\n", 1)[0]
    assert reply.body == {"id": "Zoë 东京"}


def test_an_error_keeps_its_headers_and_content():
    content = part(0, body='{"error": {}}', status="429 Too Many").replace(
        "Content-Type: application/json", "Content-Type: application/json\nRetry-After: 7"
    )
    reply = read(content + "--X--\n", 1)[0]
    assert (reply.status, reply.headers["retry-after"]) == (429, "7")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no envelope",
        "--X--\n",
        part(0)[:60],
        part(0)[:-12],
        part(0, body="[]"),
        part(0, body="null"),
    ],
)
def test_what_is_not_a_whole_answer_is_an_uncertain_error(content):
    (reply,) = read(content, 1)
    assert isinstance(reply, GoogleError)
    assert (reply.cause, reply.uncertain) == (Cause.TRANSIENT, True)


def test_an_answer_nobody_asked_for_is_passed_over():
    assert ids(read(part(0) + part(9) + "--X--\n", 1)) == ["e0"]


def test_a_call_is_sent_as_a_request_with_a_path_only():
    server = Server(part(0) + "--X--\n")
    batch.post("https://google/batch", calls(1), server)
    words = server.sent[0]
    assert "\nPOST /calendar/v3/calendars/c/events?sendUpdates=none&alt=json HTTP/1.1\n" in words
    assert "\nAuthorization: Bearer token\n" in words
    assert "\nContent-Length: 11\n" in words
    assert '\n\n{"id": "e"}\n--' in words
