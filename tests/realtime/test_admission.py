"""Letting a herd in: so many a second, and the others spread over the seconds that follow."""

from __future__ import annotations

from collections import Counter

from village.realtime.admission import WAIT_MAX, Admission, Places


class TestAdmission:
    def test_lets_a_second_full_in_at_once(self) -> None:
        admission = Admission(200)

        assert [admission.wait(7.0) for _ in range(200)] == [0] * 200
        assert admission.wait(7.0) > 0

    def test_lets_a_steady_rate_in_forever(self) -> None:
        admission = Admission(200)

        assert not any(admission.wait(number / 200) for number in range(2000))

    def test_spreads_a_herd_evenly(self) -> None:
        admission = Admission(200)
        waits = Counter(admission.wait(0.0) for _ in range(5000))

        assert waits[0] == 200
        assert max(waits) <= 26
        # A moment on the edge of a second may fall on either side of it.
        assert max(waits.values()) <= 201

    def test_refuses_each_of_a_herd_about_once(self) -> None:
        admission = Admission(200)
        due, refused, let_in = {0: 5000}, 0, 0
        while due:
            second = min(due)
            for _ in range(due.pop(second)):
                if wait := admission.wait(float(second)):
                    due[second + wait] = due.get(second + wait, 0) + 1
                    refused += 1
                else:
                    let_in += 1

        assert let_in == 5000
        assert refused <= 5000 * 1.1

    def test_nobody_waits_longer_than_a_minute(self) -> None:
        admission = Admission(1)

        assert max(admission.wait(0.0) for _ in range(500)) == WAIT_MAX


class TestPlaces:
    def test_of_one_network_are_so_many(self) -> None:
        places = Places(2)

        assert [places.take("198.51.100.7") for _ in range(3)] == [True, True, False]
        assert places.take("198.51.100.8")

    def test_are_free_again_when_somebody_leaves(self) -> None:
        places = Places(1)
        for _ in range(3):
            assert places.take("198.51.100.7")
            places.leave("198.51.100.7")

        assert not places.taken

    def test_are_without_end_where_nothing_is_set_or_known(self) -> None:
        assert all(Places(0).take("198.51.100.7") for _ in range(100))
        assert all(Places(1).take("") for _ in range(100))
