package io.medley.diffusion.reference;

import io.medley.diffusion.Network;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.regex.Pattern;

/** The closed formula that stands for a network in these references: a·sin(b·x + c·t) + d·x − e·cos(f·t), read from {@code cases.json}. */
record ToyNetwork(double a, double b, double c, double d, double e, double f) implements Network {
    private static final String NUMBER = "\\s*([0-9.]+)\\s*";
    private static final Pattern FORMULA =
            Pattern.compile("=" + NUMBER + "\\*\\s*sin\\(" + NUMBER + "\\*\\s*x \\+" + NUMBER + "\\*\\s*\\w+\\)\\s*\\+"
                    + NUMBER + "\\*\\s*x -" + NUMBER + "\\*\\s*cos\\(" + NUMBER + "\\*\\s*\\w+\\)");

    static ToyNetwork of(ReferenceDirectory directory) {
        var text = directory.cases().path("toy_model").asString("");
        var match = FORMULA.matcher(text);
        if (!match.find()) {
            throw new MedleyException(directory.path() + ": the toy network is not of the known form: " + text);
        }
        var n = new double[6];
        for (int i = 0; i < n.length; i++) {
            n[i] = Double.parseDouble(match.group(i + 1));
        }
        return new ToyNetwork(n[0], n[1], n[2], n[3], n[4], n[5]);
    }

    @Override
    public Tensor forward(Tensor x, Tensor t) {
        var shape = new long[x.dim()];
        java.util.Arrays.fill(shape, 1);
        shape[0] = t.numel();
        var time = t.reshape(shape).to(DType.FLOAT32);
        return x.mul(b)
                .add(time.mul(c))
                .sin()
                .mul(a)
                .add(x.mul(d))
                .sub(time.mul(f).cos().mul(e));
    }
}
