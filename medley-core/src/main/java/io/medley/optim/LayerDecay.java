package io.medley.optim;

import io.medley.tensor.MedleyException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Layer-wise learning-rate decay (Clark et al., ELECTRA; {@code get_parameter_groups} of BEiT): layer l of L learns at rate^(L + 1 − l) of the
 * full rate, what comes before the layers (embeddings, counted as layer 0) at rate^(L + 1), what comes after them at the full rate.
 *
 * @param rate factor from one layer to the one below, above 0 and at most 1
 * @param layers prefix of the numbered layers, such as {@code visual_encoder.blocks}; parameters whose names share its first part
 *     ({@code visual_encoder}) and that were created before the first layer count as below it
 */
public record LayerDecay(double rate, String layers) {
    public LayerDecay {
        if (!(rate > 0 && rate <= 1)) {
            throw new MedleyException("layer decay " + rate + ": give a factor above 0 and at most 1, such as 0.75");
        }
    }

    /** Factor by name, for the parameters that are concerned. */
    Map<String, Double> factors(Collection<String> names) {
        var numbered = Pattern.compile(Pattern.quote(layers) + "\\.(\\d+)\\..*");
        int dot = layers.lastIndexOf('.');
        var tower = dot < 0 ? "" : layers.substring(0, dot + 1);
        var layerOf = new LinkedHashMap<String, Integer>();
        int last = -1;
        for (var name : names) {
            var match = numbered.matcher(name);
            if (match.matches()) {
                int layer = Integer.parseInt(match.group(1));
                layerOf.put(name, layer + 1);
                last = Math.max(last, layer);
            } else if (last < 0 && name.startsWith(tower)) {
                layerOf.put(name, 0);
            }
        }
        if (last < 0) {
            throw new MedleyException(
                    "layer decay: no parameter is named " + layers + ".0.…; give the prefix of the layers");
        }
        int top = last + 2;
        var factors = new LinkedHashMap<String, Double>();
        layerOf.forEach((name, layer) -> factors.put(name, Math.pow(rate, top - layer)));
        return factors;
    }
}
