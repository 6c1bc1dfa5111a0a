"""The inbox: any thread puts, the window's thread gets, a few times a second."""

import threading
import time

from pytestqt.qtbot import QtBot

from batchdock.bridge.inbox import Inbox


def test_news_of_many_threads_arrive_complete_in_order_and_gathered(qtbot: QtBot) -> None:
    inbox: Inbox[tuple[int, int]] = Inbox()
    arrived: list[list[tuple[int, int]]] = []
    threads: set[str] = set()

    def take(events: list[tuple[int, int]]) -> None:
        arrived.append(events)
        threads.add(threading.current_thread().name)

    inbox.arrived.connect(take)

    def write(who: int) -> None:
        for number in range(5000):
            inbox.put((who, number))

    writers = [threading.Thread(target=write, args=(who,)) for who in range(3)]
    started = time.monotonic()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    qtbot.waitUntil(lambda: sum(map(len, arrived)) == 15_000)
    took = time.monotonic() - started
    for who in range(3):
        assert [n for events in arrived for w, n in events if w == who] == list(range(5000))
    assert threads == {threading.main_thread().name}
    assert len(arrived) <= took * 10 + 2
    inbox.close()
