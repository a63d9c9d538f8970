"""The formats of the document's strings: half of the values are of people whom the simulated upstreams know,
half are well-formed and of nobody."""

import copy
import json
import os
import urllib.parse
import urllib.request

import jsonschema_rs
import schemathesis
from hypothesis import strategies as st


def get(url):
    request = urllib.request.Request(url, headers={"X-API-Key": os.environ["SERVICE_KEY"]})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def simulated(what):
    return get(f"{os.environ['SIMULATOR']}/_sim/{what}")


def stored(person):
    """The ids of people of this name, once they have been looked up."""
    customer = f"{os.environ['SERVICE']}/api/v1/contributor/customer?"
    get(customer + urllib.parse.urlencode({"cpf": person["cpf"]}))
    found = get(customer + urllib.parse.urlencode({"name": person["name"]}))
    return [candidate["id"] for candidate in found["candidates"] if candidate["id"]]


def reviews(lead_id):
    """The reviews that wait, once this doubtful lead has run."""
    get(f"{os.environ['SERVICE']}/api/v1/leads/process?id={lead_id}")
    return [review["review_id"] for review in get(f"{os.environ['SERVICE']}/api/v1/reviews")["items"]]


PEOPLE = simulated("people")
LEADS = [lead["id"] for lead in simulated("leads")]
DOUBTFUL = [lead["id"] for lead in simulated("leads") if lead["situation"] == "namesake"]


def with_check_digits(digits):
    """The CPF that begins with these nine digits (its check digits are weighted sums modulo 11)."""
    for _ in range(2):
        weights = range(len(digits) + 1, 1, -1)
        rest = sum(weight * digit for weight, digit in zip(weights, digits)) * 10 % 11
        digits = [*digits, rest % 10]
    return "".join(map(str, digits))


def punctuated(cpf):
    return f"{cpf[:3]}.{cpf[3:6]}.{cpf[6:9]}-{cpf[9:]}"


nine_digits = st.lists(st.integers(0, 9), min_size=9, max_size=9)
# eleven equal digits are no CPF although their check digits hold
anybodys_cpf = nine_digits.filter(lambda digits: len(set(digits)) > 1).map(with_check_digits)
cpf = st.sampled_from([person["cpf"] for person in PEOPLE]) | anybodys_cpf
schemathesis.openapi.format("cpf", cpf | cpf.map(punctuated))

mobile = st.integers(910_000_000, 998_999_999).map(lambda number: f"11{number}")
phone = st.sampled_from([phone for person in PEOPLE for phone in person["phones"]]) | mobile
schemathesis.openapi.format("br-phone", phone | phone.map(lambda number: f"+55{number}"))

local_part = st.from_regex(r"[a-z][a-z0-9]{2,15}", fullmatch=True)
email = st.sampled_from([email for person in PEOPLE for email in person["emails"]])
email |= local_part.map(lambda name: f"{name}@example.com")
schemathesis.openapi.format("email", email | email.map(str.upper))

nobodys_lead = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
schemathesis.openapi.format("lead-id", st.sampled_from(LEADS) | nobodys_lead)

name = st.sampled_from([person["name"] for person in PEOPLE])
part = name.map(lambda whole: " ".join(whole.split()[:2]))
schemathesis.openapi.format("person-name", name | part | part.map(str.lower))

examples = [person for person in PEOPLE if person["known_to_work_api"]][:5]
ids = st.sampled_from([uuid for person in examples for uuid in stored(person)])
uuid = ids | st.sampled_from([review for lead in DOUBTFUL for review in reviews(lead)]) | st.uuids().map(str)
schemathesis.openapi.format("uuid", uuid)

# Where to go on in a list: of any place of it, also of one where nothing is any more.
schemathesis.openapi.format("person-cursor", st.builds("{}.{}".format, st.integers(1, 100), st.uuids().map(str)))
instant = st.integers(1_700_000_000_000_000, 1_900_000_000_000_000)
schemathesis.openapi.format("lead-cursor", st.builds("{}.{}".format, instant, st.sampled_from(LEADS)))
schemathesis.openapi.format("review-cursor", st.builds("{}.{}".format, instant, st.uuids().map(str)))

KEYS = ("cpf", "email", "phone", "name")


def is_none(value):
    return value is None or (isinstance(value, str) and not value.strip())


def without_nones(given):
    """A lead that is given, without the details that are null or blank and so count as none."""
    given = copy.deepcopy(given)
    person, contacts = given.get("personal_info"), given.get("contact_info")
    phones = contacts.get("phones") if isinstance(contacts, dict) else None
    holders = [(person, "cpf"), (person, "email")]
    holders += [(phone, "phone") for phone in (phones if isinstance(phones, list) else [])]
    for holder, name in holders:
        if isinstance(holder, dict) and name in holder and is_none(holder[name]):
            del holder[name]
    return given


def digits_of(text):
    return "".join(character for character in text if character in "0123456789")


def is_no_cpf(text):
    digits = digits_of(text).zfill(11)
    return digits != with_check_digits([int(digit) for digit in digits[:9]])


# What is surely not of a format. Of the rest the service knows more.
NO_FORMATS = {
    "cpf": is_no_cpf,
    "br-phone": lambda text: len(digits_of(text)) < 10,
    "email": lambda text: "@" not in text,
}
FORMATS = {name: (lambda text, is_wrong=is_wrong: not is_wrong(text)) for name, is_wrong in NO_FORMATS.items()}


def is_good_but_for_nones(case):
    """Whether the body of a lead that is given breaks nothing of the document but by details that count as none."""
    if not isinstance(case.body, dict):
        return False
    without = without_nones(case.body)
    if without == case.body:
        return False
    document = case.operation.schema.raw_schema
    schema = {"$ref": "#/components/schemas/GivenLead", "components": document["components"]}
    return jsonschema_rs.is_valid(schema, without, validate_formats=True, formats=FORMATS)


def is_place(cursor):
    """Whether it is a cursor of a contact's people: how many were told before."""
    return isinstance(cursor, str) and cursor.isdecimal() and 1 <= int(cursor) < 100


def is_decision(body):
    """Whether the body decides something about the review of two candidates: one of them is chosen, or none."""
    if not isinstance(body, dict):
        return False
    candidate = body.get("candidate")
    return candidate is None if body.get("decision") == "reject" else candidate in (1, 2)


@schemathesis.hook
def filter_case(context, case):
    """What the document cannot say of a request, so that it would be taken for good or for bad and is not.

    - An empty part of a path is another address: `/leads//replay` is no replay of the lead without an id.
    - Where somebody is looked up, each key may be missing but not all of them.
    - The format of a cursor is that of names; a contact's people have another, which a CPF is not hindered by either.
    - Of a lead that is given, a null or blank CPF, e-mail or phone counts as none, whatever its format. That null is no
      breach of a format is in the document too, but schemathesis takes a null in place of an e-mail for one.
    - With `choose` there is a candidate, one whom the review has, and with `reject` there is none.
    """
    if any(value == "" for value in (case.path_parameters or {}).values()):
        return False
    operation = case.operation.definition.raw["operationId"]
    is_positive = case.meta is None or case.meta.generation.mode.is_positive
    if operation in ("find_customer", "enrich"):
        given = case.query if case.method == "GET" else case.body
        keys = [key for key in KEYS if isinstance(given, dict) and given.get(key) is not None]
        if is_positive and not keys:
            return False
        cursor = (case.query or {}).get("cursor")
        if cursor is None or not keys or keys[0] == "name":
            return True
        return keys[0] == "cpf" if is_positive else not is_place(cursor)
    if operation == "decide_review" and is_positive:
        return is_decision(case.body)
    if operation == "give_lead" and not is_positive:
        return not is_good_but_for_nones(case)
    return True
