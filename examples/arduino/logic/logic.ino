// Learns exclusive or on the board and prints what it answers.
// Takes: cnngen on the host (sh generate in this folder, once for every change of logic.lua), then the Arduino IDE or arduino-cli.
#include "net.h"

static logic_params params;
static logic_tape tape;
static logic_optimizer state;  // starts with zeros
static logic_scratch scratch;
static const float inputs[] = {0, 0, 0, 1, 1, 0, 1, 1}, targets[] = {0, 1, 1, 0};

void setup() {
  Serial.begin(115200);
  logic_init(&params, 1);
}

void loop() {
  float loss = 0;
  for (int step = 0; step < 100; step++) {
    loss = logic_train_step(&params, inputs, targets, 4, &tape, &state, LOGIC_LEARNING_RATE);
  }
  Serial.print("loss ");
  Serial.println(loss, 5);
  for (int i = 0; i < 4; i++) {
    float output;
    logic_predict(&params, inputs + 2 * i, &output, &scratch);
    Serial.println(output, 3);
  }
  delay(1000);
}
