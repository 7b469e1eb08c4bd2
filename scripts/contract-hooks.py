"""What schemathesis must know beside the description of the API: ids of things that are there, how NDJSON is
written, and which requests would end the very key that asks. Loaded by scripts/contract."""

import json
import os
import random
import urllib.request

import schemathesis
from schemathesis.core.parameters import ParameterLocation

URL = os.environ["CONTRACT_URL"]
KEY = os.environ["CONTRACT_KEY"]
MEMBER = os.environ["CONTRACT_MEMBER"]
dice = random.Random(1)


def ask(path):
    headers = {"Authorization": f"Bearer {KEY}", "Cookie": f"regulars_member={MEMBER}"}
    request = urllib.request.Request(URL + path, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except OSError:
        return {}


def ids(path, field="id"):
    """The ids of a list, whatever it is called there."""
    answer = ask(path)
    lists = [own for own in answer.values() if isinstance(own, list)] if isinstance(answer, dict) else [answer]
    return [str(own[field]) for items in lists for own in items if isinstance(own, dict) and field in own]


# Of each parameter of paths some values that are there.
members = ids("/v1/members?limit=5")
KNOWN = {
    "member": [*members, "customer:C-000000", "customer:C-000001"],
    "shop": ["demo"],
    "version": ["1"],
    "reward": ids("/v1/rewards") or ["free-coffee"],
    "segment": ids("/v1/segments"),
    "journey": ids("/v1/journeys"),
    "template": ids("/v1/templates"),
    "survey": ids("/v1/surveys"),
    "case": ids("/v1/cases"),
    "send": ids("/v1/sends"),
    "set": ids("/v1/offer-sets"),
    "connector": ids("/v1/connectors"),
    "endpoint": ids("/v1/webhooks"),
    "person": ids("/v1/people"),
    "role": ids("/v1/roles"),
    "claim": ids("/v1/claims"),
    "award": ids("/v1/awards"),
    "metric": ids("/v1/metrics"),
    "job": ids("/v1/jobs"),
    "group": ids("/v1/groups"),
    "partner": ids("/v1/partners"),
    "coupon": ids("/v1/coupons"),
    "product": ids("/v1/products"),
    "store": ids("/v1/stores"),
    "suspicion": ids("/v1/suspicions"),
    "period": ["2025-03", "2025-03-01"],
    "number": ["1"],
    "message": ids(f"/v1/messages?member={members[0]}") if members else [],
}
KNOWN = {name: values for name, values in KNOWN.items() if values}

# What a page sends beside the member's cookie.
CSRF = ask("/v1/me/session").get("csrf_token", "")

# The key that asks, by its id: it is the only one that is there before anything was made.
OWN_KEYS = set(ids("/v1/keys"))


@schemathesis.hook
def before_call(ctx, case, **kwargs):
    case.headers = {**(case.headers or {}), "X-Csrf-Token": CSRF}
    path = case.path_parameters or {}
    # Whoever takes the key away gets no more answers but one.
    if path.get("key") in OWN_KEYS:
        path["key"] = "key_0000000000000000"
    meta = case.meta
    info = meta.components.get(ParameterLocation.PATH) if meta else None
    if info is None or info.mode.is_negative:
        return
    # Of what is made up nothing is there: every other time it is something that is.
    for name in path:
        if name in KNOWN and dice.random() < 0.5:
            path[name] = dice.choice(KNOWN[name])


def lines(value):
    values = value if isinstance(value, list) else [value]
    return "".join(json.dumps(own) + "\n" for own in values).encode()


@schemathesis.serializer("application/x-ndjson")
def write_lines(ctx, value):
    # What is not to be written as JSON is a text already.
    return value if isinstance(value, bytes) else lines(value)


@schemathesis.deserializer("application/x-ndjson")
def read_lines(ctx, response):
    # The description says what one line is.
    first = response.content.split(b"\n", 1)[0]
    return json.loads(first)


@schemathesis.deserializer("application/vnd.apple.pkpass")
def read_pass(ctx, response):
    return response.content
