"""Figures and proofs call the features what the frame calls them, whoever made the frame."""

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import glassneuron as gn

APPLES = {"grams": [196.0, 140.0, 106.0, 222.0], "sweetness": [0.8, 0.1, 0.7, 0.9]}
LIKED = ["yes", "no", "no", "yes"]


@pytest.mark.parametrize("frame", [pa.table, pd.DataFrame, pl.DataFrame])
def test_the_names_of_a_frame_stand_in_figures_and_proofs(frame):
    apples = frame(APPLES)
    neuron = gn.SigmoidNeuron().fit(apples, LIKED)
    for drawn in (
        gn.plot_line(neuron, apples, LIKED),
        gn.plot_regions(neuron, apples, LIKED),
        gn.plot_proof(apples, LIKED),
    ):
        assert (drawn.ax_.get_xlabel(), drawn.ax_.get_ylabel()) == ("grams", "sweetness")
    assert "·grams" in str(gn.separability(apples, LIKED).explain())
    labels = {text.get_text() for text in gn.plot_weights(neuron, apples, LIKED).ax_.get_legend().get_texts()}
    assert {"grams", "sweetness"} <= labels
