package io.neuralake.testkit.signal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One sample of one neuron. The components are named like the columns of the table, because record
 * components are matched to columns by their exact names.
 *
 * @param signal_id unique within a stream, 16 hexadecimal digits
 * @param neuron_id 0 to 1023
 * @param region the name of the cortical {@link Region}, one of 4
 * @param session_id the recording session, 20 characters
 * @param ts when the sample was taken, whole microseconds
 * @param voltage membrane potential in millivolts
 * @param spike whether the neuron fired
 * @param frequency_hz the neuron's firing rate, smoothed over the last second
 * @param amplitude peak of the extracellular signal in microvolts
 * @param quality how good the sample is, 1 (poor) to 5, or null if nobody judged it
 */
public record NeuralSignal(
    String signal_id,
    int neuron_id,
    String region,
    String session_id,
    Instant ts,
    double voltage,
    boolean spike,
    double frequency_hz,
    float amplitude,
    @Nullable Integer quality) {}
