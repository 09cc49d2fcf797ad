"""A definition that is wrong is refused on load, with the line that is wrong."""

from __future__ import annotations

import hashlib

import pytest

from protocols import reachability
from protocols.document import read
from protocols.schema import DefinitionError, builtin, builtin_ids, load

GOOD = """\
id = "small"
version = "1"
source = "A test."
title = { id = "Kecil", en = "Small" }

[parameters.clearance_minutes]
label = { id = "Izin", en = "Clearance" }
unit = "min"
minimum = 5
maximum = 60
default = 30

[parameters.limit]
label = { id = "Batas", en = "Limit" }
unit = "°C"
minimum = 36.5
maximum = 38.0
default = 37.3

[[items]]
id = "mask"
kind = "yes_no"
subject = "officer"
hold = "shift"
hold_hours = 8
label = { id = "Masker", en = "Mask" }

[[items]]
id = "reason"
kind = "choice"
subject = "visit"
hold = "visit"
hold_hours = 2
label = { id = "Alasan", en = "Reason" }
options = [
    { id = "school", label = { id = "Sekolah", en = "School" } },
    { id = "none", label = { id = "Tidak ada", en = "None" } },
]

[[items]]
id = "letter"
kind = "text"
subject = "visit"
hold = "visit"
hold_hours = 2
label = { id = "Surat", en = "Letter" }
relevant = { "!=" = [{ var = "reason" }, "none"] }

[[items]]
id = "heat"
kind = "temperature"
subject = "applicant"
hold = "visit"
hold_hours = 2
label = { id = "Suhu", en = "Temperature" }
plausible = [32.0, 43.0]
repeat = { limit = { param = "limit" }, after_minutes = 5 }

[[items]]
id = "wiped"
kind = "disinfection"
subject = "device"
hold = "applicant"
hold_hours = 8
label = { id = "Alat bersih", en = "Device clean" }

[[rules]]
id = "no_reason"
when = { "==" = [{ var = "reason" }, "none"] }
outcome = "defer"
propose_days = 14
text = { id = "Ditunda.", en = "Deferred." }

[[rules]]
id = "fever"
when = { ">=" = [{ var = "heat" }, { param = "limit" }] }
outcome = "refuse"
text = { id = "Demam.", en = "Fever." }

[[rules]]
id = "no_mask"
when = { "==" = [{ var = "mask" }, false] }
outcome = "mend"
text = { id = "Pakai masker.", en = "Put on a mask." }
"""
TWIN_RULE = """
[[rules]]
id = "twin"
when = {when}
outcome = "mend"
text = {{ id = "Kembar.", en = "Twin." }}
"""


SPARE = """\
[parameters.spare]
label = { id = "Sisa", en = "Spare" }
unit = "h"
minimum = 1
maximum = 2
default = 1

"""
EXTRA = """\
[[items]]
id = "{id}"
kind = "yes_no"
subject = "{subject}"
hold = "{hold}"
hold_hours = 1
label = {{ id = "Tambahan", en = "Extra" }}
"""
NO_MASK = 'when = { "==" = [{ var = "mask" }, false] }'
FEVER = 'when = { ">=" = [{ var = "heat" }, { param = "limit" }] }'
RELEVANT = 'relevant = { "!=" = [{ var = "reason" }, "none"] }'
UNASKED = 'relevant = { and = [{ "==" = [{ var = "reason" }, "none"] }, { "==" = [{ var = "reason" }, "school"] }] }'
CONTRADICTION = 'when = { and = [{ "==" = [{ var = "mask" }, false] }, { "==" = [{ var = "mask" }, true] }] }'
TAUTOLOGY = 'when = { or = [{ "==" = [{ var = "mask" }, false] }, { "==" = [{ var = "mask" }, true] }] }'
UNASKED_ANSWERED = 'when = { and = [{ "==" = [{ var = "reason" }, "none"] }, { answered = "letter" }] }'


def refused(text: str) -> DefinitionError:
    with pytest.raises(DefinitionError) as caught:
        load(text.encode(), "small.toml")
    assert str(caught.value).startswith(f"small.toml:{caught.value.line}: ")
    return caught.value


def line_of(text: str, part: str) -> int:
    assert part in text, part
    return text[: text.index(part)].count("\n") + 1


def test_the_good_document_loads_with_the_hash_of_its_bytes() -> None:
    definition = load(GOOD.encode(), "small.toml")
    assert (definition.ref.id, definition.ref.version) == ("small", "1")
    assert definition.ref.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    assert [item.id for item in definition.items] == ["mask", "reason", "letter", "heat", "wiped"]
    assert definition.title.in_language("id") == "Kecil"
    assert definition.title.in_language("en") == "Small"
    assert definition.item("heat").repeat is not None
    with pytest.raises(KeyError):
        definition.item("gloves")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        # Labels in both languages
        ('label = { id = "Masker", en = "Mask" }', 'label = { id = "Masker" }', "lacks 'en'"),
        ('label = { id = "Surat", en = "Letter" }', 'label = { en = "Letter" }', "lacks 'id'"),
        ('text = { id = "Demam.", en = "Fever." }', 'text = { id = "Demam.", en = " " }', "not empty"),
        ('label = { id = "Tidak ada", en = "None" }', 'label = { id = "Tidak ada" }', "lacks 'en'"),
        # Dangling ids
        (NO_MASK, 'when = { "==" = [{ var = "masks" }, false] }', "no item 'masks'"),
        (FEVER, 'when = { ">=" = [{ var = "heat" }, { param = "limits" }] }', "no parameter"),
        ('repeat = { limit = { param = "limit" }', 'repeat = { limit = { param = "limits" }', "no parameter"),
        ('"none"] }\noutcome', '"nil"] }\noutcome', "no option 'nil'"),
        (RELEVANT, 'relevant = { ">=" = [{ var = "heat" }, 37] }', "no item 'heat'"),
        # Twice
        ('id = "reason"', 'id = "mask"', "item 'mask' stands here twice"),
        ('id = "fever"', 'id = "no_reason"', "rule 'no_reason' stands here twice"),
        ('    { id = "none", label', '    { id = "school", label', "option 'school' stands here twice"),
        # Never
        (FEVER, 'when = { ">" = [{ var = "heat" }, 43.0] }', "can never hold"),
        (NO_MASK, CONTRADICTION, "can never hold"),
        (NO_MASK, 'when = { "==" = [{ var = "reason" }, "none"] }', "never decides"),
        (NO_MASK, 'when = { ">" = [{ var = "heat" }, { param = "limit" }] }', "never decides"),
        (NO_MASK, UNASKED_ANSWERED, "can never hold"),
        (NO_MASK, 'when = { in = [{ var = "mask" }, [false]] }', "no coded options"),
        (NO_MASK, TAUTOLOGY, "nobody could ever be cleared"),
        (NO_MASK, 'when = { not = { "==" = [{ var = "reason" }, "none"] } }', "nobody could ever be cleared"),
        (RELEVANT, UNASKED, "never asked"),
        # Types and keys
        ('kind = "text"', 'kind = "text"\ndefault = "x"', "unknown key 'default'"),
        ('kind = "yes_no"', 'kind = "yes"', "none of"),
        ('subject = "applicant"', 'subject = "device"', "only a disinfection"),
        ('kind = "yes_no"', 'kind = "disinfection"', "must be about a device"),
        ('hold = "shift"', 'hold = "visit"', "holds for the shift"),
        ('plausible = [32.0, 43.0]', 'plausible = [43.0, 32.0]', "lowest and a highest"),
        ('plausible = [32.0, 43.0]', 'plausible = [37.0, 43.0]', "within the plausible"),
        ('hold_hours = 8\nlabel = { id = "Masker"', 'hold_hours = 0\nlabel = { id = "Masker"', "positive"),
        ('propose_days = 14', 'propose_days = 0.5', "at least 1"),
        ('propose_days = 14\n', '', "proposes in how many days"),
        ('outcome = "mend"', 'outcome = "mend"\npropose_days = 3', "proposes no other day"),
        ('id = "mask"', 'id = "Mask"', "is no id"),
        ('id = "small"', 'id = "small one"', "is no id"),
        ('default = 37.3', 'default = 39.0', "outside its range"),
        ('[parameters.clearance_minutes]', '[parameters.clearing]', "lack 'clearance_minutes'"),
        ('[parameters.limit]', '[parameters.Limit]', "is no id"),
        ('minimum = 5', 'minimum = 0', "must be positive"),
        ('version = "1"', 'version = 1', "must be a string"),
        ('minimum = 36.5', 'minimum = true', "must be a number"),
        ('kind = "yes_no"', 'kind = "yes_no"\nrequired = "no"', "true or false"),
        ('kind = "text"', 'kind = "choice"', "needs 'options'"),
        ('kind = "text"', 'kind = "text"\nplausible = [1, 2]', "belongs to a temperature"),
        ('version = "1"', 'version = "1"\nnotes = []', "at least one"),
        ('version = "1"', 'version = ', "not TOML"),
    ],
)  # fmt: skip
def test_a_wrong_document_is_refused_with_the_line_that_is_wrong(old: str, new: str, complaint: str) -> None:
    assert GOOD.count(old) >= 1, old
    text = GOOD.replace(old, new, 1)
    error = refused(text)
    assert complaint in error.message
    first = line_of(GOOD, old)
    if complaint in WHERE:  # elsewhere than where the text was changed
        assert error.line == line_of(text, WHERE[complaint])
    else:
        assert first <= error.line <= first + new.count("\n")


WHERE = {
    "within the plausible": "repeat = ",
    "lack 'clearance_minutes'": "[parameters.clearing]",
    "proposes in how many days": '[[rules]]\nid = "no_reason"',
    "needs 'options'": '[[items]]\nid = "letter"',
    "outside its range": "default = 39.0",
    "must be positive": "[parameters.clearance_minutes]",
}


def test_a_rule_that_earlier_ones_together_always_forestall_is_refused_at_its_own_line() -> None:
    text = GOOD + TWIN_RULE.format(
        when='{ and = [{ "==" = [{ var = "reason" }, "none"] }, { "==" = [{ var = "mask" }, true] }] }'
    )
    error = refused(text)
    assert "never decides" in error.message
    assert error.line == line_of(text, 'id = "twin"') + 1


def test_rules_forestalled_whatever_the_parameter_are_found_and_those_that_depend_on_it_are_kept() -> None:
    text = GOOD + TWIN_RULE.format(when='{ ">=" = [{ var = "heat" }, 38.0] }')
    assert "never decides" in refused(text).message
    load((GOOD + TWIN_RULE.format(when='{ ">=" = [{ var = "heat" }, 37.9] }')).encode(), "small.toml")


def test_a_rule_about_what_is_not_answered_is_searched_too() -> None:
    forestalled = TWIN_RULE.format(when='{ answered = "letter" }').replace("twin", "first")
    text = GOOD.replace(
        'hold_hours = 2\nlabel = { id = "Surat"', 'required = false\nhold_hours = 2\nlabel = { id = "Surat"'
    )
    both = (
        text
        + forestalled
        + TWIN_RULE.format(when='{ and = [{ answered = "letter" }, { "!=" = [{ var = "letter" }, "x"] }] }')
    )
    assert "never decides" in refused(both).message
    load(
        (
            text
            + TWIN_RULE.format(
                when='{ and = [{ answered = "letter" }, { not = { "==" = [{ var = "letter" }, "x"] } }] }'
            )
        ).encode(),
        "ok",
    )


def test_a_parameter_that_nothing_uses_is_refused_at_its_header() -> None:
    text = GOOD.replace(
        "[[items]]",
        SPARE + "[[items]]",
        1,
    )
    assert refused(text).line == line_of(text, "[parameters.spare]")


def test_a_rule_about_parameters_alone_is_refused() -> None:
    text = GOOD + TWIN_RULE.format(when='{ ">" = [{ param = "limit" }, 37.0] }')
    assert "names no item" in refused(text).message


def test_a_choice_with_one_option_is_no_choice() -> None:
    text = GOOD.replace('    { id = "none", label = { id = "Tidak ada", en = "None" } },\n', "")
    assert refused(text).line == line_of(text, "options = [")


def test_only_an_item_about_a_device_depends_on_one() -> None:
    late = (
        EXTRA.format(id="late", subject="visit", hold="visit") + 'relevant = { "==" = [{ var = "wiped" }, true] }\n\n'
    )
    text = GOOD.replace("[[rules]]", late + "[[rules]]", 1)
    assert refused(text).line == line_of(text, 'relevant = { "==" = [{ var = "wiped" }')


def test_more_items_than_one_checklist_holds_are_refused_at_the_first_too_many() -> None:
    extra = "".join(EXTRA.format(id=f"extra{number}", subject="officer", hold="shift") + "\n" for number in range(9))
    text = GOOD.replace("[[rules]]", extra + "[[rules]]", 1)
    assert refused(text).line == line_of(text, '[[items]]\nid = "extra8"')


def test_a_condition_too_entangled_to_check_is_refused_not_guessed_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "BUDGET", 3)
    assert refused(GOOD).message.startswith("too many combinations")


def test_what_is_not_text_is_refused_with_its_line() -> None:
    with pytest.raises(DefinitionError) as caught:
        load(b'id = "a"\nversion = "\xff"', "broken.toml")
    assert caught.value.line == 2


def test_an_unfinished_document_is_refused_at_its_last_line() -> None:
    assert refused('id = "small"\nitems = [').line in {1, 2}


ODD_LINES = """\
# comment with [brackets] = "
a.b = 1
"quoted key" = \"\"\"
two = \\"2
\"\"\"
lit = '''
[no]
'''
empty = ''
n = [ # c
  1,
  {x = 'a', y = [
    "]",
    2.5]},
]
[t]
k = 1979-05-27 07:32:00
[[t.list]]
v = 1
[[t.list]]
v = 2
[t.list.sub]
w = true # c
"""


def test_lines_are_right_whatever_way_the_toml_is_written() -> None:
    root = read(ODD_LINES.replace("\n", "\r\n").encode(), "odd.toml").members()
    assert root["a"].members()["b"].line == 2
    assert root["quoted key"].line == 3
    assert root["lit"].line == 6
    assert root["empty"].line == 9
    numbers = root["n"].elements()
    assert [number.line for number in numbers] == [11, 12]
    assert [each.line for each in numbers[1].members()["y"].elements()] == [13, 14]
    table = root["t"].members()
    assert table["k"].line == 17
    entries = table["list"].elements()
    assert [entry.line for entry in entries] == [18, 20]
    assert entries[1].members()["v"].line == 21
    assert entries[1].members()["sub"].line == 22
    assert entries[1].members()["sub"].members()["w"].line == 23


def test_profiles_set_parameters_within_the_declared_range_only() -> None:
    definition = load(GOOD.encode(), "small.toml")
    changed = definition.with_parameters({"limit": 37.5})
    assert changed.values["limit"] == 37.5
    assert changed.ref == definition.ref
    with pytest.raises(ValueError, match="limit must lie in"):
        definition.with_parameters({"limit": 38.1})
    with pytest.raises(ValueError, match="limit must lie in"):
        definition.with_parameters({"limit": float("nan")})
    with pytest.raises(ValueError, match="no parameter 'limits'"):
        definition.with_parameters({"limits": 37.5})


def test_every_builtin_protocol_loads_and_bears_the_name_of_its_file() -> None:
    assert builtin_ids() == ("emergency-2020", "new-normal-2020", "routine")
    for name in builtin_ids():
        definition = builtin(name)
        assert definition.ref.id == name
        for text in (definition.title, *(item.label for item in definition.items), *(r.text for r in definition.rules)):
            assert text.in_language("id") != text.in_language("en")
    with pytest.raises(KeyError):
        builtin("plague-1348")
