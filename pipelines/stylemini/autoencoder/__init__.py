"""The autoencoder of StyleMini: pictures to latents an eighth as large each way, and back."""
