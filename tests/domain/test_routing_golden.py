"""The golden corpus: old answers stay, or the engine version changes."""

from app.domain.routing import ENGINE_VERSION
from tests.domain.golden import corpus


def test_the_answers_are_those_of_this_engine_version() -> None:
    stored = corpus.load("answers")
    assert stored["engine_version"] == ENGINE_VERSION, "store the answers of the new version"
    found = corpus.answers()
    assert found.keys() == stored["answers"].keys(), "cases were added: the corpus wants a version"
    changed = [name for name in found if found[name] != stored["answers"][name]]
    assert not changed, "answers changed: bump ENGINE_VERSION and store them"


def test_the_corpus_is_rich_enough() -> None:
    assert len(corpus.load("catalogue")) >= 10
    assert len(corpus.load("cases")) >= 25
    shown = {entry[2] for answer in corpus.answers().values() for entry in answer["entries"]}
    assert len(shown) == 5
