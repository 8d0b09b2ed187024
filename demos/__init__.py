"""The page. Gradio only: nothing here touches a tensor."""
