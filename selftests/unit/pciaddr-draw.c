// SPDX-License-Identifier: GPL-2.0-or-later
/* The layout of pictures, on made-up topologies of boxes. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "pciaddr/view/draw.h"

static size_t add(struct picture *picture, size_t parent, double height)
{
	size_t index = picture->count++;

	picture->boxes = grow_array(picture->boxes, picture->count, sizeof(*picture->boxes));
	picture->boxes[index] = (struct box) {
		.depth = parent == index ? 0 : picture->boxes[parent].depth + 1,
		.parent = parent,
		.end = index + 1,
		.width = parent == index ? 90 : 300,
		.height = height,
	};
	/* whatever is above has one box more below it */
	for (size_t above = index; picture->boxes[above].parent != above;) {
		above = picture->boxes[above].parent;
		picture->boxes[above].end = index + 1;
	}
	return index;
}

static size_t add_root(struct picture *picture)
{
	return add(picture, picture->count, 28);
}

static bool overlap(double first1, double last1, double first2, double last2)
{
	return first1 < last2 && first2 < last1;
}

static void boxes_do_not_overlap(const struct picture *picture)
{
	for (size_t i = 0; i < picture->count; i++) {
		const struct box *a = &picture->boxes[i];

		assert_true(a->x >= 0 && a->x + a->width <= picture->width);
		assert_true(a->y >= 0 && a->y + a->height <= picture->height);
		for (size_t k = i + 1; k < picture->count; k++) {
			const struct box *b = &picture->boxes[k];

			if (overlap(a->x, a->x + a->width, b->x, b->x + b->width) &&
			    overlap(a->y, a->y + a->height, b->y, b->y + b->height))
				fail_msg("boxes %zu and %zu overlap", i, k);
		}
	}
}

/* Touching a side is what lines are for; running through a box is not. */
static void no_line_runs_through_a_box(const struct picture *picture)
{
	for (size_t i = 0; i < picture->segment_count; i++) {
		const struct segment *line = &picture->segments[i];

		assert_true(line->x1 == line->x2 || line->y1 == line->y2);
		for (size_t k = 0; k < picture->count; k++) {
			const struct box *box = &picture->boxes[k];
			double left = line->x1 < line->x2 ? line->x1 : line->x2;
			double right = line->x1 < line->x2 ? line->x2 : line->x1;
			double top = line->y1 < line->y2 ? line->y1 : line->y2;
			double bottom = line->y1 < line->y2 ? line->y2 : line->y1;

			/* a pixel of tolerance: lines have no thickness here */
			if (overlap(left - 1, right + 1, box->x + 2, box->x + box->width - 2) &&
			    overlap(top - 1, bottom + 1, box->y + 2, box->y + box->height - 2))
				fail_msg("line %zu runs through box %zu", i, k);
		}
	}
}

/* As one reads: in a row from left to right, rows from top to bottom. */
static void siblings_are_in_order(const struct picture *picture)
{
	for (size_t i = 0; i < picture->count; i++) {
		const struct box *parent = &picture->boxes[i];

		for (size_t k = i + 1; k < parent->end && picture->boxes[k].end < parent->end;
		     k = picture->boxes[k].end) {
			const struct box *box = &picture->boxes[k];
			const struct box *next = &picture->boxes[box->end];

			assert_true(box->x > parent->x + parent->width);
			assert_true(box->y == next->y ? next->x > box->x : next->y > box->y);
		}
	}
}

static void lay_out(struct picture *picture)
{
	draw_layout(picture);
	boxes_do_not_overlap(picture);
	no_line_runs_through_a_box(picture);
	siblings_are_in_order(picture);
}

static void discard(struct picture *picture)
{
	free(picture->boxes);
	free(picture->segments);
	memset(picture, 0, sizeof(*picture));
}

static void few_devices_are_one_column(void **state)
{
	struct picture picture = { 0 };
	size_t root = add_root(&picture);

	(void)state;
	for (int i = 0; i < 3; i++)
		add(&picture, root, 100);
	lay_out(&picture);
	assert_true(picture.boxes[1].x == picture.boxes[3].x);
	discard(&picture);
}

static void long_runs_become_rows(void **state)
{
	struct picture picture = { 0 };
	size_t root = add_root(&picture);

	(void)state;
	for (int i = 0; i < 200; i++)
		add(&picture, root, 60 + i % 3 * 16);
	lay_out(&picture);
	assert_true(picture.boxes[1].y == picture.boxes[2].y);
	assert_true(picture.width > picture.height / 2 && picture.height > picture.width / 2);
	discard(&picture);
}

static void many_bridges_become_rows(void **state)
{
	struct picture picture = { 0 };

	(void)state;
	for (int domain = 0; domain < 3; domain++) {
		size_t root = add_root(&picture);

		for (int port = 0; port < 16; port++) {
			size_t bridge = add(&picture, root, 80);

			for (int i = 0; i < 1 + port % 3; i++)
				add(&picture, bridge, 100);
		}
	}
	lay_out(&picture);
	assert_true(picture.width > picture.height / 3 && picture.height > picture.width / 3);
	discard(&picture);
}

static void any_topology_is_laid_out(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < 200; round++) {
		struct picture picture = { 0 };
		int count = 1 + rand() % 60;

		for (int i = 0; i < count; i++) {
			/* below the last box or one above it: depth first */
			size_t parent = picture.count ? picture.count - 1 : 0;

			for (int up = rand() % 4; picture.count && up; up--)
				parent = picture.boxes[parent].parent;
			if (!picture.count || rand() % 16 == 0)
				add_root(&picture);
			else
				add(&picture, parent, 44 + rand() % 10 * 16);
		}
		lay_out(&picture);
		discard(&picture);
	}
}

static void a_chain_of_all_buses_is_laid_out(void **state)
{
	struct picture picture = { 0 };
	size_t parent = add_root(&picture);

	(void)state;
	for (int i = 0; i < 255; i++)
		parent = add(&picture, parent, 60);
	lay_out(&picture);
	discard(&picture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_devices_are_one_column),
		cmocka_unit_test(long_runs_become_rows),
		cmocka_unit_test(many_bridges_become_rows),
		cmocka_unit_test(any_topology_is_laid_out),
		cmocka_unit_test(a_chain_of_all_buses_is_laid_out),
	};

	return RUN_UNIT_TESTS(tests);
}
