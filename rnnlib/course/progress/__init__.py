"""Where a learner is in the course: kept on the learner's own machine, shown as a grid, removed by one call."""
