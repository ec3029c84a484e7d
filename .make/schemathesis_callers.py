"""Who sends the requests of .make/schemathesis: nobody, or somebody who is signed in."""

import itertools
import os

import requests
import schemathesis

API = os.environ["API"] + "/api"
# That of the description's examples, so that they are true of everybody here.
PASSWORD = "correct-horse-9"
# Names whom a request is meant for.
USER = "latchkey-user"
# Schemathesis's name for a request that should have been refused.
VIOLATION_ACCEPTED = "ST201"
ALLOW_MISMATCH = "ST205"


class Person:
    """Somebody who is signed in, by Bearer. When a request has ended the session (a sign-out, another
    password), another person takes over: the run goes on signed in."""

    def __init__(self, names):
        self.names = names
        self.tokens = None

    def signed_in(self):
        if not self.tokens or not self.is_known():
            self.tokens = self.register()
        return self.tokens

    def is_known(self):
        return requests.get(f"{API}/data/", headers=bearer(self.tokens)).ok

    def register(self):
        fields = {"username": next(self.names), "password1": PASSWORD, "password2": PASSWORD}
        answer = requests.post(
            f"{API}/auth/registration/", json=fields, headers={"X-Auth-Transport": "bearer"}
        )
        answer.raise_for_status()
        return answer.json()


def bearer(tokens):
    return {"Authorization": f"Bearer {tokens['access']}"}


CALLER = os.environ["CALLER"]
PERSON = Person(f"{CALLER}-{number}" for number in itertools.count(1))


if CALLER == "signed-in":

    @schemathesis.auth(refresh_interval=None)
    class SignedIn:
        def get(self, case, context):
            return PERSON.signed_in()

        def set(self, case, tokens, context):
            case.headers.update(bearer(tokens))


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """What Django REST framework takes has to be refused by nobody: numbers as text, and in forms a
    field that was left empty as one that was left out. And a sign-out names GET, which dj-rest-auth
    has a handler for that refuses it."""
    if failure.code == ALLOW_MISMATCH and case.path.startswith("/api/auth/logout"):
        return False
    fields = list(case.body.values()) if isinstance(case.body, dict) else []
    is_text = any(type(value) in (int, float) for value in fields)
    is_left_out = case.media_type != "application/json" and "" in fields
    return not ((is_text or is_left_out) and failure.code == VIOLATION_ACCEPTED)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Where the description's examples have a token, a real one takes its place. A number by chance is
    another's, so that each request that is meant for one would be refused: 0 alone shows that."""
    for field, token in (("refresh", "refresh"), ("token", "access")):
        if isinstance(case.body, dict) and case.body.get(field) == f"eyJ.{token}.token":
            case.body[field] = PERSON.signed_in()[token]
    try:
        meant_for = int((case.headers or {}).get(USER, 0))
    except ValueError:
        return
    if meant_for and abs(meant_for) < 2**63:
        del case.headers[USER]
