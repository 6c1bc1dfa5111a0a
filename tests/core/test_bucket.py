import pytest

from batchdock.core.bucket import BucketPlace, Glob, StorageKind, flat_name, place_of
from batchdock.core.errors.buckets import BadPattern, BadPlace


@pytest.mark.parametrize(
    ("pattern", "prefix", "matching", "others"),
    [
        ("**/*.jpg", "", ["a.jpg", "x/a.jpg", "x/y/z/a.jpg"], ["a.jpeg", "a.jpg/b", "x/a.JPG"]),
        ("2024-*/x.mp4", "2024-", ["2024-01/x.mp4", "2024-/x.mp4"], ["2024-01/y/x.mp4", "2023-01/x.mp4"]),
        ("cam?/[0-9][!a]*.png", "cam", ["cam1/1b.png", "camx/7-long name.png"], ["cam12/1b.png", "cam1/1a.png"]),
        ("p/**", "p/", ["p/a", "p/q/r/a.jpg"], ["pa", "q/p/a"]),
        ("p/**/q/*.jpg", "p/", ["p/q/a.jpg", "p/1/2/q/a.jpg"], ["p/a.jpg", "pq/a.jpg"]),
        ("a**b.jpg", "a", ["ab.jpg", "axxb.jpg"], ["a/b.jpg"]),
        ("[[]x[]]*.jpg", "", ["[x]1.jpg"], ["x.jpg", "[x.jpg"]),
        ("[!x]a", "", ["ya"], ["xa", "/a"]),
        ("[.-0]a", "", [".a", "0a"], ["/a", "1a"]),
        ("[z-a]q", "", [], ["zq", "aq", "mq"]),
        ("(a+b).$*", "(a+b).$", ["(a+b).$x"], ["aab.$x"]),
        ("photos", "photos", ["photos", "photos/a.jpg", "photos/x/a.jpg"], ["photos2/a.jpg"]),
        ("photos/", "photos/", ["photos/a.jpg"], ["photos"]),
        ("", "", ["a", "b/c"], []),
        ("line\n*.jpg", "line\n", ["line\na.jpg"], []),
    ],
)
def test_every_kind_of_pattern_really_matches(
    pattern: str, prefix: str, matching: list[str], others: list[str]
) -> None:
    glob = Glob(pattern)
    assert glob.prefix == prefix
    assert [path for path in matching + others if glob.matches(path)] == matching


@pytest.mark.parametrize("pattern", ["[abc", "x/[!", "[]"])
def test_a_bracket_that_is_not_closed_is_told_of(pattern: str) -> None:
    with pytest.raises(BadPattern):
        Glob(pattern)


def test_same_names_in_different_folders_stay_apart() -> None:
    paths = ["a.jpg", "x/a.jpg", "y/a.jpg", "x__a.jpg", "x/_a.jpg", "x_/a.jpg", "/x/a.jpg", "x//a.jpg", "x/a?.jpg"]
    paths += ["x/a*.jpg", f"{'d' * 300}/a.jpg", f"{'d' * 300}/b.jpg", "é/a.jpg", "x/a.jpg.png", "x/.jpg", "x/a"]
    names = [flat_name(path) for path in paths]
    assert len(set(names)) == len(paths)
    assert names[:3] == ["a.jpg", "x__a.jpg", "y__a.jpg"]
    assert all("/" not in name and len(name.encode()) <= 210 for name in names)
    assert all(name.endswith(".jpg") for name, path in zip(names, paths, strict=True) if path.endswith("a.jpg"))


def test_addresses_of_buckets_are_read() -> None:
    assert place_of("s3://my-bucket/a/**/*.jpg") == BucketPlace(StorageKind.S3, "my-bucket", "a/**/*.jpg")
    assert place_of(" gcs://b_1.x ") == BucketPlace(StorageKind.GOOGLE, "b_1.x", "")
    assert place_of("azure://box/a b/") == BucketPlace(StorageKind.AZURE, "box", "a b/")


@pytest.mark.parametrize("address", ["", "s3://", "ftp://b/x", "C:\\photos", "s3:/b", "s3://../x", "https://b/x?sig=1"])
def test_what_is_no_bucket_is_told_of_without_what_may_be_a_secret(address: str) -> None:
    with pytest.raises(BadPlace) as raised:
        place_of(address)
    assert "sig=1" not in str(raised.value)
