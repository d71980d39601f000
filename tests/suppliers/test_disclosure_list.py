"""Who sees what of mine: one's own answers, by reader."""

import pytest
from django.urls import reverse

from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/disclosures/"


def test_each_reader_with_the_statements_it_is_shown(cast, sign_in, clock):
    make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot],
                statements=[{"law": "usmca", "originates": "true"}])  # fmt: skip
    make.draft(cast.bolt, by=cast.ben, to=[cast.talbot])
    html = sign_in(cast.cleo).get(PAGE).content.decode()
    assert html.count("AB-M12") == 1, "a draft has gone nowhere"
    assert "Talbot Axles" in html and "originates" in html and "In force" in html
    assert "Hanbit" not in html
    assert reverse("suppliers:disclosure-list") == PAGE


def test_nothing_of_another_company(cast, sign_in):
    make.signed(cast.bolt, by=cast.ada, drafted_by=cast.ben, to=[cast.talbot])
    for who in (cast.tom, cast.dora, cast.gus):
        assert "AB-M12" not in sign_in(who).get(PAGE).content.decode()
    assert sign_in(cast.fay).get(PAGE).status_code == 404
