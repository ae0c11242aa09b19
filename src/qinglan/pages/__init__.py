"""What a person looks at: safe HTML from Markdown, charts as SVG, the shell of a report."""
