from hashlib import sha256

import pytest

from cryptoflow.errors import CryptoflowError
from cryptoflow.plugins import guests, registry
from cryptoflow.plugins.guests import admit, admitted
from cryptoflow.plugins.registry import find, names

HALF = '''
from cryptoflow.plugins.registry import Plugin, sizer


@sizer("{name}")
class Half(Plugin):
    """Put {share} of equity into every entry."""

    @staticmethod
    def notional(equity, cash, price, stop):
        return equity * {share}
'''


@pytest.fixture(autouse=True)
def nobody_stays():
    yield
    admit([])


@pytest.fixture
def write(tmp_path):
    def write(text, file="half.py", project="mine"):
        path = tmp_path / project / "plugins" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


def half(name="half", share="0.5"):
    return HALF.format(name=name, share=share)


def refused(*files):
    with pytest.raises(CryptoflowError) as error:
        admit(files)
    return str(error.value)


def test_a_listed_file_is_found_by_the_name_it_registers(write):
    admit([write(half())])
    assert find("sizer", "half").notional(10.0, 0.0, 0.0, 0.0) == 5.0
    assert "half" in names("sizer")


def test_a_file_that_is_not_listed_does_not_exist(write):
    file = write(half())
    admit([file])
    admit([])
    assert "half" not in names("sizer")
    with pytest.raises(CryptoflowError, match="there is no sizer 'half'"):
        find("sizer", "half")


def test_each_project_sees_its_own_plugin_of_a_name(write):
    mine, theirs = write(half()), write(half(share="0.25"), project="theirs")
    for file, size in ((mine, 5.0), (theirs, 2.5), (mine, 5.0)):
        admit([file])
        assert find("sizer", "half").notional(10.0, 0.0, 0.0, 0.0) == size


def test_the_digest_is_that_of_the_bytes_that_ran(write):
    file = write(half())
    (guest,) = admit([file])
    assert guest.digest == sha256(file.read_bytes()).hexdigest()
    assert guest.origin == str(file)
    assert admitted() == (guest,)


def test_an_edited_file_is_run_again_and_an_unchanged_one_is_not(write):
    (first,), (again,) = admit([write(half())]), admit([write(half())])
    (edited,) = admit([write(half(share="0.75"))])
    assert first == again
    assert edited.module != first.module
    assert find("sizer", "half").notional(10.0, 0.0, 0.0, 0.0) == 7.5


def test_no_compiled_file_is_left_behind(write):
    file = write(half())
    admit([file])
    assert list(file.parent.iterdir()) == [file]


def test_a_built_in_cannot_be_replaced(write):
    told = refused(write(half("all_in")))
    assert "half.py:5:1: sizer all_in is built in and cannot be replaced" in told
    assert '@sizer("all_in")' in told
    assert "like my_all_in" in told


def test_two_listed_files_cannot_share_a_name(write):
    admit([write(half()), write(half(), "other.py")])
    with pytest.raises(CryptoflowError, match=r"two plugins are sizer half: \S+half.py and \S+other.py"):
        find("sizer", "half")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1\nimport nowhere_to_be_found\n", ":2:1: plugin file cannot be imported: ModuleNotFoundError"),
        ("def f(:\n    pass\n", ":1:1: plugin file cannot be imported: SyntaxError: invalid syntax"),
        ("x = 1\n\n    y = 2\n", ":3:5: plugin file cannot be imported: IndentationError"),
        ("def f():\n    return 1 / 0\n\nf()\n", ":2:5: plugin file cannot be imported: ZeroDivisionError"),
        ("from cryptoflow.plugins.registry import rule\n@rule('Bad Name')\nclass A: ...\n", "cannot name a plugin"),
    ],
)
def test_a_mistake_in_a_guest_is_told_with_its_line(write, text, told):
    assert told in refused(write(text))


def test_a_null_byte_is_a_mistake_like_any_other(write):
    assert "cannot be imported" in refused(write("x = 1\0\n"))


def test_the_mistakes_of_all_files_are_told_at_once(write):
    with pytest.raises(CryptoflowError) as error:
        admit([write("1 / 0", "a.py"), write(half(), "b.py"), write("1 / 0", "c.py")])
    assert [problem.where.file.rsplit("/", 1)[-1] for problem in error.value.problems] == ["a.py", "c.py"]
    assert admitted() == ()


def test_only_files_of_a_plugins_folder_are_run(write, tmp_path):
    elsewhere = tmp_path / "elsewhere.py"
    elsewhere.write_text(half())
    assert "not a plugin file" in refused(elsewhere)
    assert "cannot be read" in refused(tmp_path / "plugins" / "absent.py")


def test_a_link_out_of_the_plugins_folder_is_not_followed(write, tmp_path):
    outside = tmp_path / "outside.py"
    outside.write_text(half())
    link = tmp_path / "plugins" / "half.py"
    link.parent.mkdir()
    link.symlink_to(outside)
    assert "not a plugin file" in refused(link)


@pytest.mark.parametrize("linked", ["plugins/half.py", "plugins"])
def test_a_link_to_another_plugins_folder_is_not_followed(write, tmp_path, linked):
    theirs = write(half(), project="theirs")
    mine = tmp_path / "mine"
    (mine / linked).parent.mkdir(parents=True)
    (mine / linked).symlink_to(theirs if linked.endswith(".py") else theirs.parent)
    told = refused(mine / "plugins" / "half.py")
    assert "leads to" in told
    assert "links are not followed" in told
    assert admitted() == ()


def test_an_installed_package_comes_through_the_same_door(monkeypatch, tmp_path):
    (tmp_path / "half_package.py").write_text(half("half_of_a_package"))
    meta = tmp_path / "half_package-1.2.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text("Metadata-Version: 2.1\nName: half-package\nVersion: 1.2\n")
    (meta / "entry_points.txt").write_text("[cryptoflow.plugins]\nhalf = half_package\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry, "_TABLE", dict(registry._TABLE))  # what it registers goes with this test
    guests.installed.cache_clear()
    assert find("sizer", "half_of_a_package").notional(10.0, 0.0, 0.0, 0.0) == 5.0
    (guest,) = guests.installed()
    assert guest.origin == "half-package 1.2"
    assert guest.digest == sha256((tmp_path / "half_package.py").read_bytes()).hexdigest()
    guests.installed.cache_clear()
