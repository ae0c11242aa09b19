"""qinglan (青蓝): the post-training data supply chain."""
