"""The roads of one region, against a search that looks at one road after the other."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

from carpool.routing import Estimate, coordinates
from carpool.routing.network import Network, NoRoads, joined, load
from carpool.routing.openstreetmap import build, directions, is_open, speed_kmh
from tests.carpool.routing.streets import MIDDLE, Streets, slowly, town
from village.core.geo import Point, distance_m

pytestmark = pytest.mark.once


def built(streets: Streets, folder: Path) -> Network:
    """Write an extract and build its network."""
    return build(streets.write(folder / "town.osm.pbf"), lambda said: None)


def around(chance: Random, count: int, degrees: float = 0.03) -> list[Point]:
    """Draw places in the town."""
    return [
        Point(
            MIDDLE.lat + chance.uniform(-degrees, degrees),
            MIDDLE.lng + chance.uniform(-degrees, degrees) * 1.5,
        )
        for _ in range(count)
    ]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Build the town."""
    return built(town(), tmp_path_factory.mktemp("roads"))


class TestTable:
    def test_knows_the_quickest_way_to_the_second(self, network: Network) -> None:
        drive = slowly(network)
        places = around(Random(1), 12)

        table = network.table(coordinates(places), coordinates(places[:5]))

        expected = [[drive(here, there) for there in places[:5]] for here in places]
        assert table.seconds.tolist() == expected
        back = network.table(coordinates(places[:5]), coordinates(places))
        assert back.seconds.tolist() == [
            [drive(here, there) for there in places] for here in places[:5]
        ]
        assert (table.seconds != back.seconds.T).any(), "one-way streets make a difference"

    def test_is_as_long_as_the_roads_of_the_quickest_way(self, tmp_path: Path) -> None:
        """A detour over the quick road is longer, and still it is the one that is driven."""
        streets = Streets()
        streets.nodes = {
            1: Point(50.0, 11.5),
            2: Point(50.0, 11.52),
            3: Point(50.006, 11.51),
        }
        streets.way(1, 2, highway="living_street")
        streets.way(1, 3, 2, highway="motorway", oneway="no")
        network = built(streets, tmp_path)
        one, two, three = streets.nodes.values()

        table = network.table(coordinates([one]), coordinates([two]))

        assert table.metres[0, 0] == round(distance_m(one, three) + distance_m(three, two))

    def test_never_goes_faster_through_the_air_than_it_says(self, network: Network) -> None:
        places = around(Random(2), 60)
        seconds = network.table(coordinates(places), coordinates(places)).seconds

        for row, here in enumerate(places):
            for column, there in enumerate(places):
                assert distance_m(here, there) / network.fastest <= seconds[row, column] + 0.5

    def test_stays_where_it_is_in_no_time(self, network: Network) -> None:
        places = coordinates(around(Random(3), 4))

        assert network.table(places, places).seconds.diagonal().tolist() == [0, 0, 0, 0]

    def test_off_the_map_the_estimate_answers(self, network: Network) -> None:
        here, far = coordinates([MIDDLE]), coordinates([Point(52.52, 13.4), Point(-89, 179)])

        table = network.table(here, far)

        assert table.seconds.tolist() == Estimate().table(here, far).seconds.tolist()


class TestBuild:
    def test_leaves_out_what_leads_nowhere(self, tmp_path: Path) -> None:
        streets = town(size=4)
        streets.nodes |= {101: Point(49.9, 11.5), 102: Point(49.9, 11.51)}
        streets.way(101, 102, highway="residential")
        streets.nodes[103] = Point(49.981, 11.551)
        streets.way(103, 1, highway="service", oneway="yes")

        assert len(built(streets, tmp_path).nodes) == 16

    def test_says_how_far_it_has_come(self, tmp_path: Path) -> None:
        said: list[str] = []
        build(town(size=4).write(tmp_path / "town.osm.pbf"), said.append)

        assert said[-1] == "8 ways read, 8 of them roads, 16 nodes"

    @pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"<osm>", b"not a map"])
    def test_refuses_what_is_no_extract(self, content: bytes, tmp_path: Path) -> None:
        path = tmp_path / "broken.osm.pbf"
        path.write_bytes(content)

        with pytest.raises(NoRoads):
            build(path, lambda said: None)

    def test_refuses_an_extract_without_roads(self, tmp_path: Path) -> None:
        streets = Streets({1: MIDDLE, 2: Point(50, 11.5)})
        streets.way(1, 2, waterway="river")

        with pytest.raises(NoRoads):
            built(streets, tmp_path)

    def test_refuses_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(NoRoads):
            build(tmp_path / "nowhere.osm.pbf", lambda said: None)


class TestTags:
    @pytest.mark.parametrize(
        ("tags", "expected"),
        [
            ({"highway": "residential"}, True),
            ({"highway": "footway"}, False),
            ({"highway": "service", "access": "private"}, False),
            ({"highway": "service", "access": "no", "motorcar": "yes"}, True),
            ({"highway": "track"}, False),
            ({"highway": "service", "area": "yes"}, False),
            ({"waterway": "river"}, False),
        ],
    )
    def test_say_who_may_drive(self, tags: dict[str, str], expected: bool) -> None:
        assert is_open(tags) is expected

    @pytest.mark.parametrize(
        ("said", "kmh"),
        [
            ("50", 42.5),
            ("30 mph", 30 * 1.609344 * 0.85),
            ("DE:rural", 85),
            ("none", 110),
            ("walk", 5.95),
            ("1", 5),
            ("signals", 60),
            ("", 60),
        ],
    )
    def test_say_how_fast(self, said: str, kmh: float) -> None:
        assert speed_kmh({"highway": "secondary", "maxspeed": said}) == pytest.approx(kmh)

    @pytest.mark.parametrize(
        ("tags", "expected"),
        [
            ({}, (True, True)),
            ({"oneway": "yes"}, (True, False)),
            ({"oneway": "-1"}, (False, True)),
            ({"junction": "roundabout"}, (True, False)),
            ({"highway": "motorway"}, (True, False)),
            ({"highway": "motorway", "oneway": "no"}, (True, True)),
        ],
    )
    def test_say_in_which_direction(
        self, tags: dict[str, str], expected: tuple[bool, bool]
    ) -> None:
        assert directions({"highway": "residential"} | tags) == expected


class TestFile:
    def test_keeps_the_network(self, network: Network, tmp_path: Path) -> None:
        path = tmp_path / "deep" / "roads.npz"
        network.save(path)
        places = coordinates(around(Random(4), 5))

        kept = load(path)

        assert (kept.table(places, places).seconds == network.table(places, places).seconds).all()
        assert [each.name for each in path.parent.iterdir()] == ["roads.npz"]

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"no archive"])
    def test_that_is_none_is_refused(self, content: bytes, tmp_path: Path) -> None:
        path = tmp_path / "roads.npz"
        path.write_bytes(content)

        with pytest.raises(NoRoads):
            load(path)

    def test_that_is_missing_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(NoRoads):
            load(tmp_path / "roads.npz")

    def test_an_archive_of_other_things_is_refused(self, tmp_path: Path) -> None:
        np.savez_compressed(tmp_path / "roads.npz", starts=np.zeros(3))

        with pytest.raises(NoRoads):
            load(tmp_path / "roads.npz")


class TestNetwork:
    def test_of_no_road_at_all_is_refused(self) -> None:
        with pytest.raises(NoRoads):
            Network(coordinates([]), joined([]))
