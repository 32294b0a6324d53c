"""What a course is, without nbgrader: its pages' checks, its roster, its pass rule."""
