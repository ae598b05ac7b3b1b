"""Post: an ordered sensor, which one node may speak for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from linewatch.plan.siting import Site
from linewatch.sight import Sight
from linewatch.watch.values import Node


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Post:
    """A sensor that was ordered to watch.

    Parameters
    ----------
    site : Site
        Where it stands.
    sight : Sight
        What it sees: the plan's own model, so that a miss where it cannot see is no
        evidence. Its name is the site's.
    """

    site: Site
    sight: Sight

    @property
    def name(self) -> str:
        """Name under which its node registers."""
        return self.site.name


def posts_of(sites: Iterable[Site], sights: Iterable[Sight]) -> tuple[Post, ...]:
    """Make the posts of a plan, in its order."""
    pairs = zip(sites, sights, strict=True)
    return tuple(Post(site=site, sight=sight) for site, sight in pairs)


@dataclass(slots=True)
class Roster:
    """Which node speaks for which post.

    A node speaks for the post whose name it registers under, and for that one alone.
    While that post's node watches, no other node can take its place.
    """

    posts: Sequence[Post]
    _place: dict[str, int] = field(init=False)
    _post_of: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._place = {post.name: at for at, post in enumerate(self.posts)}

    def post_of(self, node_id: str) -> int | None:
        """Return the place of the post that a node speaks for; None for a stranger."""
        return self._post_of.get(node_id)

    def empty(self) -> list[int]:
        """Return the places of the posts that no node speaks for."""
        held = set(self._post_of.values())
        return [at for at in range(len(self.posts)) if at not in held]

    def refusal(self, node: Node, *, watching: Iterable[str]) -> str | None:
        """Say why a node may not register, given who watches now; None if it may."""
        at = self._place.get(node.name)
        if at is None:
            return "its name is not that of an ordered post"
        kind = self.posts[at].site.kind
        # A maker's node may state its type alone, and no kind of a scenario's own.
        if node.kind not in (kind, self.posts[at].sight.kind.family):
            return f"the post was ordered as {kind}"
        own = self._post_of.get(node.node_id)
        if own is not None and own != at:
            return "the node speaks for another post"
        if own is None and any(self._post_of.get(other) == at for other in watching):
            return "another node watches from that post"
        return None

    def take(self, node: Node) -> int:
        """Let a node that may register speak for its post; return the post's place."""
        at = self._place[node.name]
        self._post_of = {n: p for n, p in self._post_of.items() if p != at}
        self._post_of[node.node_id] = at
        return at

    def save(self) -> dict[str, int]:
        """Return the place of the post that each node speaks for."""
        return dict(self._post_of)

    def load(self, saved: Mapping[str, int]) -> None:
        """Let nodes speak for the posts that they spoke for when `save` was asked."""
        self._post_of = dict(saved)
