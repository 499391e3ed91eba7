package io.medley.model.med;

import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Keys and values of images that come and go, in a fixed number of places: what a {@link CrossMemory} is for images that stay together. */
final class MemoryPool {
    private final int places;
    private final List<MedAttention.KeyValue> layers = new ArrayList<>(); // per layer (places, H, S, D)

    MemoryPool(int places) {
        this.places = places;
    }

    /** Puts a copy of the memory of one image into a place. */
    void put(int place, CrossMemory image) {
        if (image.size() != 1 || image.mask != null) {
            throw new IllegalArgumentException("MemoryPool: " + image.size()
                    + " images or masked ones where one whole image is expected; enter them one by one");
        }
        for (int i = 0; i < image.layers.size(); i++) {
            var one = image.layers.get(i);
            if (layers.size() == i) {
                layers.add(new MedAttention.KeyValue(room(one.keys()), room(one.values())));
            }
            layers.get(i).keys().narrow(0, place, 1).copy_(one.keys());
            layers.get(i).values().narrow(0, place, 1).copy_(one.values());
        }
    }

    // Zeros are not backed by memory until they are written; and a place that was never used has no NaN.
    private Tensor room(Tensor one) {
        var shape = one.shape();
        shape[0] = places;
        return Scope.own(Tensor.zeros(one.dtype(), shape));
    }

    /** The first places of a layer, not copied. */
    MedAttention.KeyValue read(int layer, int first) {
        var all = layers.get(layer);
        return new MedAttention.KeyValue(
                all.keys().narrow(0, 0, first), all.values().narrow(0, 0, first));
    }

    void close() {
        layers.forEach(MedAttention.KeyValue::close);
        layers.clear();
    }
}
