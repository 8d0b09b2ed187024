"""BigGAN: small pictures of a class, from noise (Brock et al., Large scale GAN training, 2019)."""
