"""What the window says of the network: a word when it is gone, a banner when somebody has to sign in."""

from typing import Any

from PySide6.QtWidgets import QToolButton

from batchdock.core.errors import NoNetwork, SignInNeeded
from batchdock.flows.news import Network, NetworkChanged
from batchdock.window.main_window import MainWindow
from batchdock.window.network import NetworkSigns


def word_of(window: MainWindow) -> QToolButton:
    signs = window.status.findChild(NetworkSigns)
    assert signs is not None
    return signs.word


def test_without_a_network_the_status_bar_says_so_and_nothing_else_does(
    window: MainWindow, play: Any, eventually: Any
) -> None:
    word = word_of(window)

    async def scenario() -> None:
        assert not word.isVisible()
        window.desk.news.publish(NetworkChanged(Network.OFFLINE, NoNetwork()))
        await eventually(word.isVisible)
        assert word.text() == "No internet"
        assert "continues by itself" in word.accessibleName()
        assert not window.messages.notices
        window.desk.news.publish(NetworkChanged(Network.ONLINE))
        await eventually(lambda: not word.isVisible())

    play(scenario())


def test_a_network_that_wants_a_sign_in_has_a_banner_until_somebody_has(
    window: MainWindow, play: Any, eventually: Any
) -> None:
    async def scenario() -> None:
        window.desk.news.publish(NetworkChanged(Network.SIGN_IN, SignInNeeded(host="api.example.org")))
        await eventually(lambda: len(window.messages.notices) == 1)
        assert "sign in" in window.messages.notices[0].text
        assert "api.example.org" in word_of(window).toolTip()
        window.desk.news.publish(NetworkChanged(Network.ONLINE))
        await eventually(lambda: not window.messages.notices and not word_of(window).isVisible())

    play(scenario())
