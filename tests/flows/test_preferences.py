"""The table of settings: what holds, what is refused, and who is told."""

import asyncio
import json
from pathlib import Path

import pytest

from batchdock.core.errors import NotAFolder, NotAnAddress, OutOfRange, PreferenceRefused
from batchdock.flows.news import Event, News, PreferencesChanged
from batchdock.flows.preferences import (
    AUTOSAVE,
    AUTOSAVE_FOLDER,
    AUTOSAVE_MOST,
    HOOKS_ADDRESS,
    HOOKS_PORT,
    NOTIFY,
    PREFERENCES,
    Group,
    Kind,
    Level,
    Preference,
    Preferences,
)
from batchdock.store import Settings


def _preferences(home: Path) -> tuple[Preferences, list[Event]]:
    news = News()
    events: list[Event] = []
    news.subscribe(events.append)
    return Preferences(Settings(home), news), events


def _kept(home: Path) -> dict[str, object]:
    return dict(json.loads((home / "settings.json").read_text(encoding="utf-8")))


def test_the_table_holds_together(home: Path) -> None:
    preferences, _ = _preferences(home)
    keys = [each.key for each in PREFERENCES]
    assert len(set(keys)) == len(keys)
    for each in PREFERENCES:
        assert preferences.get(each) == each.default
        assert each.title
        assert (each.kind is Kind.CHOICE) is bool(each.choices)
    assert {each.group for each in PREFERENCES} == set(Group)


def test_a_change_is_kept_and_told_once(home: Path) -> None:
    async def scenario() -> None:
        preferences, events = _preferences(home)
        await preferences.set(NOTIFY, Level.PROBLEMS)
        await preferences.set(NOTIFY, Level.PROBLEMS)
        assert events == [PreferencesChanged((NOTIFY.key,))]
        again, _ = _preferences(home)
        assert again.get(NOTIFY) is Level.PROBLEMS

    asyncio.run(scenario())


def test_only_what_differs_stands_in_the_file(home: Path) -> None:
    async def scenario() -> None:
        preferences, _ = _preferences(home)
        await preferences.set(AUTOSAVE, False)
        await preferences.set(HOOKS_PORT, 4000)
        assert _kept(home) == {AUTOSAVE.key: False, HOOKS_PORT.key: 4000}
        await preferences.set(AUTOSAVE, True)
        assert _kept(home) == {HOOKS_PORT.key: 4000}

    asyncio.run(scenario())


def test_a_group_is_reset_and_the_others_stay(home: Path) -> None:
    async def scenario() -> None:
        preferences, events = _preferences(home)
        await preferences.set(AUTOSAVE, False)
        await preferences.set(AUTOSAVE_MOST, 5)
        await preferences.set(NOTIFY, Level.NONE)
        events.clear()
        await preferences.reset(Group.SAVING)
        assert (preferences.get(AUTOSAVE), preferences.get(AUTOSAVE_MOST)) == (True, 2)
        assert preferences.get(NOTIFY) is Level.NONE
        assert events == [PreferencesChanged((AUTOSAVE.key, AUTOSAVE_MOST.key))]
        await preferences.reset(Group.SAVING)
        assert len(events) == 1

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("preference", "value", "error"),
    [
        (HOOKS_PORT, 80, OutOfRange),
        (HOOKS_PORT, 65536, OutOfRange),
        (HOOKS_PORT, True, PreferenceRefused),
        (HOOKS_PORT, "4000", PreferenceRefused),
        (HOOKS_ADDRESS, "", NotAnAddress),
        (HOOKS_ADDRESS, "256.1.1.1", NotAnAddress),
        (HOOKS_ADDRESS, "two words", NotAnAddress),
        (HOOKS_ADDRESS, "http://here", NotAnAddress),
        (AUTOSAVE_FOLDER, "Pictures", NotAFolder),
        (AUTOSAVE, 1, PreferenceRefused),
        (NOTIFY, "sometimes", PreferenceRefused),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(
    home: Path, preference: Preference[int | str], value: int | str, error: type[PreferenceRefused]
) -> None:
    async def scenario() -> None:
        preferences, events = _preferences(home)
        with pytest.raises(error) as refused:
            await preferences.set(preference, value)
        assert refused.value.sentence().count(".") >= 2
        assert "–" not in refused.value.sentence()
        assert preferences.get(preference) == preference.default
        assert not events

    asyncio.run(scenario())


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost", "lab-3.example.org", "0.0.0.0"])
def test_addresses_of_computers_are_taken(home: Path, address: str) -> None:
    async def scenario() -> None:
        preferences, _ = _preferences(home)
        await preferences.set(HOOKS_ADDRESS, address)
        assert preferences.get(HOOKS_ADDRESS) == address

    asyncio.run(scenario())


@pytest.mark.parametrize(("preference", "kept"), [(NOTIFY, 3), (HOOKS_PORT, "x"), (AUTOSAVE, None), (NOTIFY, "loud")])
def test_a_file_that_somebody_spoilt_counts_as_the_defaults(
    home: Path, preference: Preference[int | str], kept: object
) -> None:
    home.mkdir()
    (home / "settings.json").write_text(json.dumps({preference.key: kept}), encoding="utf-8")
    assert _preferences(home)[0].get(preference) == preference.default


def test_many_changes_at_once_all_stay(home: Path) -> None:
    async def scenario() -> None:
        preferences, _ = _preferences(home)
        await asyncio.gather(
            preferences.set(AUTOSAVE, False),
            preferences.set(HOOKS_PORT, 4000),
            preferences.set(AUTOSAVE_MOST, 9),
            preferences.set(NOTIFY, Level.ALL),
        )
        assert len(_kept(home)) == 4

    asyncio.run(scenario())
