/** What reads protocol buffers, for pages that are handed an ONNX file: loaded when they are, and not before. */
import { PbfReader } from 'pbf';

globalThis.convlibProtobuf = PbfReader;
