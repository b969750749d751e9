def read_safetensors(path):
    """The float32 arrays of a safetensors file, by name."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    arrays = {}
    for name, entry in header.items():
        if name != "__metadata__":
            if entry["dtype"] != "F32":
                raise ValueError(f"{path}: tensor {name} holds {entry['dtype']}, not F32")
            begin, end = entry["data_offsets"]
            arrays[name] = np.frombuffer(data[begin:end], dtype="<f4").reshape(entry["shape"])
    return arrays


def write_safetensors(path, arrays):
    header, end = {}, 0
    for name, value in arrays.items():
        begin, end = end, end + 4 * value.size
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for value in arrays.values():
            file.write(np.ascontiguousarray(value, dtype="<f4").tobytes())


def load_weights(model, path):
    """Takes the weights that `cnngen train` wrote."""
    arrays = read_safetensors(path)
    wrong = [f"missing tensor {name}" for name in TENSORS if name not in arrays]
    wrong += [f"surplus tensor {name}" for name in arrays if name not in TENSORS]
    wrong += [
        f"tensor {name} is {arrays[name].shape}, the network needs {tensor.shape}"
        for name, tensor in TENSORS.items()
        if name in arrays and arrays[name].shape != tensor.shape
    ]
    if wrong:
        raise ValueError(f"{path}: " + "; ".join(wrong))
    for name in TENSORS:
        set_tensor(model, name, arrays[name])


def save_weights(model, path):
    """Writes weights for `cnngen train`, `run`, `eval` and `--weights`."""
    write_safetensors(path, {name: get_tensor(model, name) for name in TENSORS})


def main():
    parser = argparse.ArgumentParser(description="Runs the network ${M.name}.")
    parser.add_argument("--weights", help="start from this safetensors file of cnngen")
    parser.add_argument("--input", help="samples, .npy, channels ${M.planar and "first" or "last"}")
    parser.add_argument("--output", help="where the outputs go, .npy; otherwise they are printed")
    parser.add_argument("--compare", help="outputs of `cnngen run`, .npy")
    parser.add_argument("--tolerance", type=float, default=1e-5, help="largest difference allowed (1e-5)")
    parser.add_argument("--save", help="write the weights to this safetensors file")
    args = parser.parse_args()
    model = build()
    try:
        if args.weights:
            load_weights(model, args.weights)
        if args.save:
            save_weights(model, args.save)
        if not args.input:
            return 0
        inputs = np.load(args.input).astype(np.float32).reshape((-1, *INPUT_SHAPE))
        expected = np.load(args.compare).reshape((-1, *OUTPUT_SHAPE)) if args.compare else None
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    outputs = predict(model, inputs)
    if args.output:
        np.save(args.output, outputs)
    if expected is None:
        if not args.output:
            np.savetxt(sys.stdout, outputs.reshape(len(outputs), -1), fmt="%.9g")
        return 0
    if expected.shape != outputs.shape:
        sys.exit(f"error: {args.compare} has {len(expected)} samples, {args.input} has {len(outputs)}")
    difference = float(np.abs(outputs - expected).max())
    print(f"{len(outputs)} samples, largest difference {difference:.3g}")
    return 0 if difference <= args.tolerance else 1


if __name__ == "__main__":
    sys.exit(main())
