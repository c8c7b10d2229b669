"""Blocks that show one thing with its picture and buttons: card, carousel, video."""

from simulator.blocks.checker import Node
from simulator.blocks.elements import check_button, check_image_element
from simulator.blocks.objects import check_text

SHOWN = ("hero_image", "title", "actions", "body")
ADDRESS = 3000


def check_card(node: Node) -> None:
    """https://docs.slack.dev/reference/block-kit/blocks/card-block"""
    node.only("hero_image", "icon", "title", "subtitle", "body", "actions", "block_id")
    if not any(node.has(key) for key in SHOWN):
        node.wrong(f"provide at least one of: {', '.join(SHOWN)}")
    for key in ("hero_image", "icon"):
        check_icon(node, key)
    for key, most in (("title", 150), ("subtitle", 150), ("body", 200)):
        check_text(node, key, most=most, plain=False)
    for element in node.children("actions", most=5, required=False):
        element.by_type({"button": check_button}, "element type in a card")


def check_carousel(node: Node) -> None:
    """https://docs.slack.dev/reference/block-kit/blocks/carousel-block"""
    node.only("elements", "block_id")
    for card in node.children("elements", most=10):
        card.block_id()
        card.by_type({"card": check_card}, "block type in a carousel")


def check_video(node: Node) -> None:
    """https://docs.slack.dev/reference/block-kit/blocks/video-block"""
    node.only(
        "alt_text",
        "author_name",
        "block_id",
        "description",
        "provider_icon_url",
        "provider_name",
        "title",
        "title_url",
        "thumbnail_url",
        "video_url",
    )
    node.text("alt_text", least=1, most=2000, required=True)
    check_text(node, "title", most=199, required=True)
    check_text(node, "description", most=199)
    node.text("author_name", most=49)
    node.text("provider_name", most=ADDRESS)
    node.text("thumbnail_url", least=1, most=ADDRESS, required=True)
    node.text("provider_icon_url", most=ADDRESS)
    for key in ("video_url", "title_url"):
        url = node.text(key, least=1, most=ADDRESS, required=key == "video_url")
        if url and not url.startswith("https://"):
            node.wrong("must be an https URL", key)


def check_icon(node: Node, key: str) -> None:
    image = node.child(key)
    if image is not None:
        image.by_type({"image": check_image_element}, "element type of a picture")
