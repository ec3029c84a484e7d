// The seed's clients, in the hands of a test.
import api from "./api";
import * as auth from "./auth";
import { useAuth } from "./useAuth";

Object.assign(window, { seed: { api, auth, useAuth } });
