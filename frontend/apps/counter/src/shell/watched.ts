// Every request tells the connection watch how it went, so that the banner comes and goes with the truth.
import { request } from "@enishi/api/client.ts";
import { noteAnswer, noteFailure } from "./connection.ts";

export async function watched<T>(path: string, options?: { method: "POST"; body: unknown }): Promise<T> {
  try {
    const answer = await request<T>(path, options);
    noteAnswer();
    return answer;
  } catch (error) {
    noteFailure(error);
    throw error;
  }
}
