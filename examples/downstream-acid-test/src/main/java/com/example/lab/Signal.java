package com.example.lab;

/** What the lab records. */
public record Signal(String batch, int neuron_id, double voltage) {}
