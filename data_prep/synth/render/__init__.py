"""From a face and what it does to a photograph: pose, light, samples, camera."""
