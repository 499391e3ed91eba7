package io.medley.hub;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;

/** What the hub's statuses mean to a user. */
final class HubErrors {
    private HubErrors() {}

    /**
     * Returns for 200 and 206.
     *
     * @throws MedleyException where trying again is of no use
     * @throws IOException where it may be
     */
    static void check(HttpResponse<?> response, String what, URI address) throws IOException {
        int status = response.statusCode();
        if (status == 200 || status == 206) {
            return;
        }
        String place = " (" + address + ")";
        switch (status) {
            case 401 ->
                throw new MedleyException(what + ": the hub answers 401" + place
                        + "; no such repository, or it is private: check the name, or set HF_TOKEN");
            case 403 ->
                throw new MedleyException(what + ": the hub answers 403" + place
                        + "; access must be granted on the repository's page, then set HF_TOKEN");
            case 404 ->
                throw new MedleyException(what + ": the hub answers 404" + place
                        + "; no such repository, branch or file: check the name");
            default -> {
                if (status == 408 || status == 429 || status >= 500) {
                    throw new IOException("the hub answers " + status + place);
                }
                throw new MedleyException(what + ": the hub answers " + status + place + "; expected 200");
            }
        }
    }
}
