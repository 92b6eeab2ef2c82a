"""What a message means in its conversation: context, references, ellipses, and who somebody is. Pure: no Rasa, no catalog."""
