"""The digests of the tier files that ship are those of the files: whoever changes a tier renews its digest with it."""

from cryptoflow.spec.shipped import DIGESTS, configs, text_digest


def test_the_digests_are_those_of_the_tier_files_that_ship() -> None:
    found = {file.name: text_digest(file) for file in sorted((configs() / "tiers").iterdir())}
    assert found == DIGESTS, "a tier file was changed: put its new digest into DIGESTS of cryptoflow/spec/shipped.py"
