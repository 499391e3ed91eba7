package io.medley.cli;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON as the commands print it. */
final class Json {
    private Json() {}

    static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    /** Sets a number; JSON has no NaN or infinity, so these become null. */
    static ObjectNode put(ObjectNode object, String key, double value) {
        return Double.isFinite(value) ? object.put(key, value) : object.putNull(key);
    }
}
