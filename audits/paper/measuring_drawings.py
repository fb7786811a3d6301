"""Draw each way of measuring: the thing in grey and black, what is measured in the accent; 80 by 46 mm, y downwards."""

from __future__ import annotations

from audits.paper import pencil


def slope(hand: pencil.Pencil) -> None:
    """Draw a level on a slope."""
    hand.solid((6, 40), (74, 22), (74, 40))
    hand.tool((27, 34.4), (55, 27), (54, 23.1), (26, 30.5))
    hand.circle(40.5, 28.8, 1.1)
    hand.bend((26, 40), (26, 37), (25.2, 34.9))


def angle(hand: pencil.Pencil) -> None:
    """Draw a gauge on a bevelled edge."""
    hand.solid((6, 32), (38, 32), (50, 20), (74, 20), (74, 42), (6, 42))
    hand.line((38, 32), (62, 32), dashed=True)
    hand.tool((35, 27), (46, 16), (48.4, 18.4), (37.4, 29.4))
    hand.bend((54, 32), (54, 25), (49.5, 20.5))


def count(hand: pencil.Pencil) -> None:
    """Draw three things counted."""
    for place, left in enumerate((8, 33, 58), start=1):
        hand.box(left, 16, 14, 22)
        for dot in range(place):
            hand.disc(left + 7 + 4 * (dot - (place - 1) / 2), 9, 1.4)
        hand.arrow((left + 7, 11.5), (left + 7, 15.5))


def yes_no(hand: pencil.Pencil) -> None:
    """Draw an eye and two answers."""
    hand.curve((8, 23), (22, 6), (36, 23))
    hand.curve((8, 23), (22, 40), (36, 23))
    hand.circle(22, 23, 6)
    hand.disc(22, 23, 2.6)
    hand.line((38, 23), (47, 23), dashed=True)
    hand.box(51, 8, 12, 12)
    hand.measure((53.5, 14), (56, 17), (61, 10.5))
    hand.box(51, 26, 12, 12)
    hand.measure((53.5, 28.5), (60.5, 35.5))
    hand.measure((60.5, 28.5), (53.5, 35.5))


def lux(hand: pencil.Pencil) -> None:
    """Draw a light meter under a lamp."""
    hand.circle(40, 9, 5)
    for end in (18, 29, 40, 51, 62):
        hand.line((40 + (end - 40) * 0.3, 15.5), (end, 31), dashed=True)
    hand.solid((6, 40), (74, 40), (74, 43), (6, 43))
    hand.tool((33, 35), (47, 35), (47, 40), (33, 40))
    hand.disc(40, 37.3, 1.5)


def length(hand: pencil.Pencil) -> None:
    """Draw a tape along a slope."""
    hand.solid((8, 40), (66, 20), (74, 20), (74, 40))
    hand.span((8, 34), (65, 14.3))
    hand.line((8, 40), (7, 33))
    hand.line((66, 20), (64.4, 13.4))


def width(hand: pencil.Pencil) -> None:
    """Draw a tape between two rails."""
    hand.solid((6, 38), (74, 38), (74, 42), (6, 42))
    for side in (12, 68):
        hand.line((side, 38), (side, 12), thick=True)
        hand.disc(side, 11, 2.2)
    hand.span((14.4, 11), (65.6, 11))
    hand.person(40, 37, 20)


def height(hand: pencil.Pencil) -> None:
    """Draw a tape from the floor up to an edge."""
    hand.solid((6, 40), (74, 40), (74, 43), (6, 43))
    hand.line((44, 12), (70, 12), thick=True)
    hand.line((66, 12), (66, 40), thick=True)
    hand.line((26, 12), (44, 12), dashed=True)
    hand.span((34, 40), (34, 12))


def headroom(hand: pencil.Pencil) -> None:
    """Draw a tape from the floor to what hangs overhead."""
    hand.solid((6, 40), (74, 40), (74, 43), (6, 43))
    hand.solid((36, 4), (74, 4), (74, 10), (36, 10))
    hand.span((56, 40), (56, 10))
    hand.person(26, 39, 26)


def step(hand: pencil.Pencil) -> None:
    """Draw a tape against an edge."""
    hand.solid((6, 36), (38, 36), (38, 20), (74, 20), (74, 43), (6, 43))
    hand.line((20, 20), (38, 20), dashed=True)
    hand.span((28, 36), (28, 20))


def tread(hand: pencil.Pencil) -> None:
    """Draw a stair from the side."""
    hand.solid((6, 40), (20, 40), (20, 30), (44, 30), (44, 20), (74, 20), (74, 43), (6, 43))
    hand.line((20, 30), (20, 12), dashed=True)
    hand.line((44, 20), (44, 12), dashed=True)
    hand.span((20, 14), (44, 14))


def diameter(hand: pencil.Pencil) -> None:
    """Draw a calliper on a round bar."""
    hand.circle(40, 25, 11, filled=True)
    hand.tool((25, 8), (28.6, 8), (28.6, 33), (25, 33))
    hand.tool((51.4, 8), (55, 8), (55, 33), (51.4, 33))
    hand.tool((25, 5), (66, 5), (66, 8.6), (25, 8.6))
    hand.span((29, 40), (51, 40))


def opening(hand: pencil.Pencil) -> None:
    """Draw the free space between two bars."""
    for left in (8, 26, 44, 62):
        hand.solid((left, 12), (left + 10, 12), (left + 10, 36), (left, 36))
    hand.span((36, 24), (44, 24))
    hand.line((36, 8), (36, 40), dashed=True)
    hand.line((44, 8), (44, 40), dashed=True)


def gap(hand: pencil.Pencil) -> None:
    """Draw the free space between a wall and a rail."""
    hand.solid((8, 4), (24, 4), (24, 43), (8, 43))
    hand.circle(56, 20, 8, filled=True)
    hand.line((24, 34), (56, 34), thick=True)
    hand.line((56, 34), (56, 28), thick=True)
    hand.span((24, 20), (48, 20))


def fixing(hand: pencil.Pencil) -> None:
    """Draw a rail above its bracket."""
    hand.solid((8, 4), (24, 4), (24, 43), (8, 43))
    hand.circle(50, 14, 7, filled=True)
    hand.line((24, 34), (50, 34), thick=True)
    hand.line((50, 34), (50, 21), thick=True)
    hand.line((50, 7), (68, 7), dashed=True)
    hand.line((50, 34), (68, 34), dashed=True)
    hand.span((63, 34), (63, 7))


def extension(hand: pencil.Pencil) -> None:
    """Draw a rail that goes on beyond a slope."""
    hand.solid((6, 42), (46, 30), (74, 30), (74, 42))
    hand.line((10, 24), (46, 13), (66, 13), (66, 18), thick=True)
    for foot, rail in (((14, 39.5), (14, 23)), ((46, 30), (46, 13))):
        hand.line(foot, rail)
    hand.line((46, 13), (46, 4), dashed=True)
    hand.line((66, 13), (66, 4), dashed=True)
    hand.span((46, 7), (66, 7))


def knee(hand: pencil.Pencil) -> None:
    """Draw the space under a counter."""
    hand.solid((6, 40), (74, 40), (74, 43), (6, 43))
    hand.solid((18, 10), (64, 10), (64, 14), (26, 14), (26, 40), (18, 40))
    hand.line((64, 14), (64, 40), dashed=True)
    hand.span((56, 40), (56, 14))
    hand.span((26, 31), (64, 31))


def nosing(hand: pencil.Pencil) -> None:
    """Draw a step that reaches over the one below."""
    hand.solid((6, 36), (34, 36), (34, 22), (24, 22), (24, 14), (74, 14), (74, 42), (6, 42))
    hand.line((34, 22), (34, 10), dashed=True)
    hand.line((24, 22), (24, 36), dashed=True)
    hand.span((24, 29), (34, 29))


def from_wall(hand: pencil.Pencil) -> None:
    """Draw a thing that stands out from a wall."""
    hand.solid((8, 4), (20, 4), (20, 43), (8, 43))
    hand.solid((20, 22), (58, 22), (58, 30), (20, 30))
    hand.line((58, 22), (58, 10), dashed=True)
    hand.span((20, 13), (58, 13))


def bar(hand: pencil.Pencil) -> None:
    """Draw a bar on a wall."""
    hand.solid((6, 4), (74, 4), (74, 10), (6, 10))
    hand.line((16, 24), (64, 24), thick=True)
    for side in (24, 56):
        hand.line((side, 10), (side, 24), thick=True)
    for side in (16, 64):
        hand.line((side, 24), (side, 38), dashed=True)
    hand.span((16, 35), (64, 35))


def strip(hand: pencil.Pencil) -> None:
    """Draw a warning strip from above."""
    hand.solid((50, 6), (74, 6), (74, 40), (50, 40))
    hand.box(26, 6, 14, 34)
    for row in range(4):
        for column in range(2):
            hand.disc(29.7 + 6.6 * column, 10.5 + 6 * row, 1.3)
    hand.span((26, 35.5), (40, 35.5))
    hand.span((40, 23), (50, 23))


def square(hand: pencil.Pencil) -> None:
    """Draw the free floor before an opening, from above."""
    hand.solid((6, 6), (22, 6), (22, 42), (6, 42))
    hand.box(22, 6, 36, 36, dashed=True)
    hand.span((22, 24), (58, 24))
    hand.span((40, 42), (40, 6))


def circle(hand: pencil.Pencil) -> None:
    """Draw a turning circle from above."""
    hand.box(12, 4, 56, 40)
    hand.circle(40, 24, 17, dashed=True)
    hand.span((23, 24), (57, 24))


def symbol(hand: pencil.Pencil) -> None:
    """Draw a sign and its two sides."""
    hand.box(24, 6, 28, 28)
    hand.person(38, 31, 20)
    hand.span((24, 40), (52, 40))
    hand.span((60, 34), (60, 6))
