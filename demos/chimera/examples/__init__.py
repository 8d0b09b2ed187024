"""Line drawings of our own, to start from and to look at what the generator makes of them; ``draw.py`` draws them."""
