"""What serves the course and no network needs: pictures, explorers, exercises, experiments, statistics, the site."""
