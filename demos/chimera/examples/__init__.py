"""Line drawings of our own, to start from and to judge the painter by; ``draw.py`` draws them."""
