"""The command `glassneuron`."""
